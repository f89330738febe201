import { copyFileSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Lets `make` write a file beside its place and moves it there when it is whole: what stands under its own name can be
 * trusted, and two set-ups at once do each other no harm.
 * @param {string} file
 * @param {(partial: string) => Promise<void>} make
 */
export async function intoPlace(file, make) {
  mkdirSync(dirname(file), { recursive: true });
  const partial = `${file}.${process.pid}`;
  try {
    await make(partial);
    renameSync(partial, file);
  } finally {
    rmSync(partial, { force: true });
  }
}

/**
 * @param {string} from
 * @param {string} to
 */
export function copyIntoPlace(from, to) {
  return intoPlace(to, async (partial) => copyFileSync(from, partial));
}
