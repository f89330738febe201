import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { verbs } from "../../operations/verbs.ts";
import { root } from "../../tools/paths.ts";
import { anchorsOf, linksOf, pageOf, pages } from "./page.ts";

/** Named in the settings' descriptions as to come. Whoever builds one takes it out here. */
const announced: string[] = [];

const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
  scripts: Record<string, string>;
};

/** Flags that `operations/main.ts` gives to every verb. */
const everywhere = ["--stack", "--json", "--help"];

/** What is wrong with the verbs that a piece of code calls. */
function verbFaults(code: string): string[] {
  return [...code.matchAll(/(?<![\w./-])platform ([a-z][^;|&)"]*)/g)].flatMap(([, call = ""]) => {
    const [first = "", second = ""] = call.trim().split(/\s+/);
    const name = [`${first} ${second}`, first].find((one) => one in verbs);
    if (name === undefined)
      return announced.includes(first) ? [] : [`platform ${first} ${second}: no such verb`];
    const known = [...everywhere, ...(verbs[name]?.options ?? []).map(({ flags }) => flags.split(" ")[0])];
    const flags = call.match(/(?<=\s)--[a-z-]+/g) ?? [];
    return flags.filter((flag) => !known.includes(flag)).map((flag) => `platform ${name}: no option ${flag}`);
  });
}

/** What is wrong with the npm scripts that a piece of code calls. */
function scriptFaults(code: string): string[] {
  const called = [...code.matchAll(/\bnpm (?:run (?:--silent )?([\w:-]+)|(start|test)\b)/g)];
  return called
    .map(([, script, short]) => script ?? short ?? "")
    .filter((script) => !(script in scripts))
    .map((script) => `npm run ${script}: no such script`);
}

/** Paths of the checkout that a piece of code names and that are not there. Patterns and placeholders are left out. */
function pathFaults(code: string): string[] {
  const named = /^(?:[a-z][\w-]*\/)+(?:[\w.-]+\.(?:ts|mjs|cjs|md|json|yaml|sh|py|mod)|[\w-]+\/)$/;
  const run = [...code.matchAll(/\bnode ([\w./-]+\.(?:ts|mjs))/g)].map(([, file = ""]) => file);
  return [...run, ...(named.test(code) && !/[A-Z]{3}/.test(code) ? [code] : [])]
    .filter((path) => !existsSync(join(root, path)))
    .map((path) => `${path}: not in the checkout`);
}

const faultsOf = (code: string): string[] => [
  ...verbFaults(code),
  ...scriptFaults(code),
  ...pathFaults(code),
];

describe("what the pages tell people to type", () => {
  for (const { path, code } of pages) {
    it(`exists: ${path}`, () => assert.deepEqual(code.flatMap(faultsOf), []));
  }

  it("is not announced any more once it is there", () => {
    assert.deepEqual(
      announced.filter((verb) => verb in verbs),
      [],
    );
  });

  it("is found to be missing, by verb, option, script and file", () => {
    const text =
      "Run `npx platform\nundo`.\n\n```sh\nplatform up --force # now\nnpm run none && node none.ts\n```\n";
    assert.deepEqual(pageOf("page.md", text).code.flatMap(faultsOf), [
      "platform up: no option --force",
      "npm run none: no such script",
      "none.ts: not in the checkout",
      "platform undo : no such verb",
    ]);
  });
});

describe("what the pages link to", () => {
  for (const page of pages) {
    it(`is there: ${page.path}`, () => {
      const dead = linksOf(page).filter(({ target, anchor }) => {
        const file = join(root, target);
        if (!existsSync(file)) return true;
        return anchor !== undefined && !anchorsOf(readFileSync(file, "utf8")).includes(anchor);
      });
      assert.deepEqual(
        dead.map(({ written }) => written),
        [],
      );
    });
  }

  it("is the tree, in the README", () => {
    const readme = pages.find(({ path }) => path === "README.md")?.text ?? "";
    const tree = /## What is in the tree\n\n```text\n([\s\S]*?)```/.exec(readme)?.[1] ?? "";
    const named = tree.split("\n").flatMap((line) => line.split(/\s{2,}/)[0]?.split(" ") ?? []);
    assert.ok(named.length > 10);
    assert.deepEqual(
      named.filter((path) => !existsSync(join(root, path))),
      [],
    );
  });
});
