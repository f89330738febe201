import { existsSync, statfsSync } from "node:fs";
import { homedir } from "node:os";
import { UserError } from "../user-error.ts";
import { projectDir } from "./project.ts";

/** Some hundred times the state of a platform: an update writes it at every step, with copies. */
const neededMb = 32;

/** The folder of a file backend, its address read as Pulumi does: no escapes, a tilde, options after "?". */
export function stateFolder(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const [, path] = /^file:\/\/([^?]+)/.exec(env["PULUMI_BACKEND_URL"] ?? "") ?? [];
  return path?.replace(/^~(?=\/|$)/, homedir());
}

/**
 * A disk that fills up in the middle of an update costs more than the update: the library below Pulumi's file backend
 * puts the half that it could write in the place of the state (https://github.com/google/go-cloud, blob/fileblob).
 *
 * @throws {UserError} failed, while nothing is touched
 */
export function requireRoom(): void {
  for (const folder of [stateFolder(), projectDir()]) {
    if (folder === undefined || !existsSync(folder)) continue;
    const { bavail, bsize } = statfsSync(folder);
    const freeMb = Math.floor((bavail * bsize) / 1_000_000);
    if (freeMb >= neededMb) continue;
    const message = `${folder}: its disk has ${freeMb} MB left, and an update wants ${neededMb} MB; nothing was changed`;
    throw new UserError("failed", message, { hint: "Make room there, then try again." });
  }
}
