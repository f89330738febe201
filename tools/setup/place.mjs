import { copyFileSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { machineFault, messageOf, SetupError, Unavailable } from "./errors.mjs";

/**
 * Lets `make` write a file beside its place and moves it there when it is whole.
 * @param {string} file
 * @param {(partial: string) => Promise<void>} make
 */
export async function intoPlace(file, make) {
  const partial = `${file}.${process.pid}`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    await make(partial);
    renameSync(partial, file);
  } catch (error) {
    if (error instanceof Unavailable || error instanceof SetupError) throw error;
    throw machineFault(messageOf(error), dirname(file)) ?? error;
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
