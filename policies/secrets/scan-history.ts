import { createInterface } from "node:readline";
import { execa } from "execa";
import { allowedIn } from "./allowed.ts";
import { type Chunk, type ScanFinding, scanText } from "./scan-text.ts";

/**
 * Scans every line that any commit of any branch or tag ever added, and every commit's message: a secret that was
 * removed is still there for whoever clones. Of a merge only what it changed itself is looked at. Each distinct value
 * is reported once in each file, where it was added first.
 *
 * @throws Error for a shallow clone, whose history is not there to be scanned
 */
export async function scanHistory(root: string): Promise<ScanFinding[]> {
  const { stdout: shallow } = await execa("git", ["rev-parse", "--is-shallow-repository"], { cwd: root });
  if (shallow.trim() === "true") {
    throw new Error("this clone is shallow, so its history cannot be scanned; run: git fetch --unshallow");
  }
  const allowed = allowedIn(root);
  const first = new Map<string, ScanFinding>();
  for await (const chunk of addedLines(root)) {
    for (const finding of await scanText(chunk, allowed)) {
      const key = [finding.path, finding.id, finding.fingerprint].join("\0");
      if (!first.has(key)) first.set(key, finding);
    }
  }
  return [...first.values()];
}

const log = [
  "log",
  "--all",
  "--topo-order",
  "--reverse",
  "--patch",
  "--unified=0",
  "--diff-merges=remerge",
  "--no-color",
  "--no-ext-diff",
  "--no-textconv",
  "--no-renames",
  "--src-prefix=a/",
  "--dst-prefix=b/",
  // Messages are indented, so that no line of one looks like the log's own.
  "--format=commit %H%n%w(0,1,1)%B",
];

/** What each commit says, and the lines that it added to each file, oldest commit first. */
async function* addedLines(root: string): AsyncGenerator<Chunk> {
  const git = execa("git", ["-c", "core.quotePath=false", ...log], { cwd: root, buffer: { stdout: false } });
  let file = { path: "", commit: "", lines: [] as string[], numbers: [] as number[] };
  let number = 1;
  // Lines that the hunk still has to add: only among them is a plus no part of a header.
  let left = 0;
  for await (const line of createInterface({ input: git.stdout, crlfDelay: Infinity })) {
    if (left > 0 && line.startsWith("+")) {
      file.lines.push(line.slice(1));
      file.numbers.push(number);
      [number, left] = [number + 1, left - 1];
    } else if (line.startsWith("@@ ")) {
      const [, start = "1", count = "1"] = /\+(\d+)(?:,(\d+))?/.exec(line) ?? [];
      [number, left] = [Number(start), Number(count)];
    } else if (line.startsWith("commit ")) {
      yield chunkOf(file);
      file = { path: "commit message", commit: line.slice("commit ".length), lines: [], numbers: [] };
      number = 1;
    } else if (line.startsWith(" ")) {
      file.lines.push(line.slice(1));
      file.numbers.push(number++);
    } else if (line.startsWith("+++ ")) {
      yield chunkOf(file);
      // A path with a blank in it ends in a tab.
      file = { ...file, path: line.slice("+++ b/".length).replace(/\t$/, ""), lines: [], numbers: [] };
    }
  }
  yield chunkOf(file);
  await git;
}

function chunkOf(file: { path: string; commit: string; lines: string[]; numbers: number[] }): Chunk {
  return { path: file.path, commit: file.commit, text: file.lines.join("\n"), numbers: file.numbers };
}
