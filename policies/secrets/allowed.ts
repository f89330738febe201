import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Values that were looked at and are no secrets, one a line: `FINGERPRINT why`. Mostly for what the history keeps. */
export const allowedFile = ".secrets-allowed";

/**
 * The fingerprints that a tree lets through.
 * @throws Error for a line without a reason
 */
export function allowedIn(root: string): ReadonlySet<string> {
  const lines = read(join(root, allowedFile)).split("\n");
  return new Set(
    lines
      .map((line, at) => ({ line: line.trim(), at }))
      .filter(({ line }) => line !== "" && !line.startsWith("#"))
      .map(({ line, at }) => {
        const [, fingerprint] = /^([0-9a-f]{16}) +\S.{3,}$/.exec(line) ?? [];
        if (fingerprint) return fingerprint;
        throw new Error(`${allowedFile}:${at + 1}: not "FINGERPRINT why"; say why the value is no secret`);
      }),
  );
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}
