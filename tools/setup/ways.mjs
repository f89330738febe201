import { messageOf, SetupError, Unavailable } from "./errors.mjs";

/**
 * One way to get a tool.
 * @typedef {object} Way
 * @property {string} how for the progress line: "official npm package"
 * @property {(doing: import("./progress.mjs").Doing) => Promise<string>} get brings the tool and answers its
 *   executable's path. Throws Unavailable when this machine bars the way.
 */

/**
 * @typedef {object} Tool
 * @property {string} name for the progress line
 * @property {string} what for the error: "the Pulumi CLI 3.256.0"
 * @property {Way[]} ways best first
 * @property {string} wayOut what a person does when all are closed, as the end of a sentence
 */

/**
 * Takes the first way that is open.
 * @param {Tool} tool
 * @param {import("./progress.mjs").Doing} doing
 * @returns {Promise<{ path: string, how: string }>}
 * @throws SetupError with every way's reason when none is open
 */
export async function firstOpen({ what, ways, wayOut }, doing) {
  const reasons = [];
  for (const { how, get } of ways) {
    try {
      return { path: await get(doing), how };
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      reasons.push(messageOf(error));
    }
  }
  throw new SetupError(`${what} cannot be had: ${reasons.join("; ")}. Way out: ${wayOut}`);
}
