import { realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { Unavailable } from "./errors.mjs";
import { binDir } from "./folders.mjs";
import { isExecutable } from "./run.mjs";

/**
 * A plugin that came with the Pulumi CLI in use: the engine looks for those beside its own executable.
 * @param {string} plugin
 */
export function besideCli(plugin) {
  const file = join(dirname(realpathSync(join(binDir, "pulumi"))), plugin);
  if (!isExecutable(file)) throw new Unavailable("the CLI has none beside it");
  return file;
}
