import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { allowedIn } from "./allowed.ts";
import { type ScanFinding, scanText } from "./scan-text.ts";

/**
 * Scans every file that a commit could take in: those in git, and new ones that git does not ignore. Binary files are
 * left out.
 *
 * @param root a folder of a git repository; what lies above it is not scanned
 * @throws ExecaError where `root` is in no git repository
 */
export async function scanTree(root: string): Promise<ScanFinding[]> {
  const allowed = allowedIn(root);
  const { stdout } = await execa("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: root,
  });
  const found: ScanFinding[] = [];
  for (const path of new Set(stdout.split("\0").filter(Boolean))) {
    const text = await readText(join(root, path));
    if (text !== undefined) found.push(...(await scanText({ path, text }, allowed)));
  }
  return found;
}

/** A file's text; undefined for one that is binary, a folder (a submodule) or a link to nowhere, or deleted by now. */
async function readText(path: string): Promise<string | undefined> {
  try {
    const bytes = await readFile(path);
    return bytes.subarray(0, 8000).includes(0) ? undefined : bytes.toString("utf8");
  } catch (error) {
    if (["ENOENT", "EISDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw error;
  }
}
