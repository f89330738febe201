import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { root } from "../../tools/paths.ts";

/** A page for people, as far as the tests look at it. */
export interface Page {
  /** From the root, with `/`. */
  path: string;
  text: string;
  /** What stands in backticks, and each line of a shell block without its comment. */
  code: string[];
}

const patterns = ["*.md", "docs/**/*.md", "spec/**/*.md"];

/** Every page of the checkout. */
export const pages: Page[] = globSync(patterns, { cwd: root })
  .toSorted()
  .map((path) => pageOf(path, readFileSync(join(root, path), "utf8")));

/** Reads a page's text. Blocks that are not shell (output, trees, JSON) hold no code. */
export function pageOf(path: string, text: string): Page {
  const blocks = [...text.matchAll(/^ *```(\w*)\n([\s\S]*?)^ *```$/gm)];
  const lines = blocks
    .filter(([, language]) => language === "sh")
    .flatMap(([, , body = ""]) => body.split("\n"))
    .map((line) => line.replace(/(?:^|\s)#.*/, "").trim());
  const prose = blocks.reduce((rest, [block]) => rest.replace(block, ""), text);
  // A line break inside backticks is a space.
  const inline = [...prose.matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code.replaceAll(/\s+/g, " "));
  return { path, text, code: [...lines, ...inline].filter(Boolean) };
}

/** Targets of a page's links into the checkout: each as it is written, and from the root. */
export function linksOf({
  path,
  text,
}: Page): { written: string; target: string; anchor: string | undefined }[] {
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, written = ""]) => written)
    .filter((written) => !/^[a-z]+:/.test(written))
    .map((written) => {
      const [file = "", anchor] = written.split("#");
      return { written, target: file === "" ? path : join(dirname(path), file), anchor };
    });
}

/** The anchors that GitHub makes of a page's headings. */
export const anchorsOf = (text: string): string[] =>
  [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
