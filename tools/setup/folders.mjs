import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The checkout. (`import.meta.dirname` is younger than the Node 20 that set-up must run on.) */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

export const modules = join(root, "node_modules");
export const binDir = join(modules, ".bin");

/**
 * What is built or downloaded once for every checkout of this user.
 * @see https://specifications.freedesktop.org/basedir-spec/latest/
 */
export function cacheDir() {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "odoo-platform");
}

/** Where Pulumi keeps what it has installed: CLIs under `versions/VERSION/bin`, plugins under `plugins`. */
export function pulumiHome() {
  return process.env.PULUMI_HOME || join(homedir(), ".pulumi");
}
