import Table from "cli-table3";
import { enterStack } from "./engine-env.ts";
import { updateOf } from "./history/entries.ts";
import { readHistory } from "./history/read.ts";
import type { Update } from "./history/schema.ts";
import { requirePassphrase } from "./passphrase.ts";
import { readStackFile } from "./project.ts";
import type { Context, Outcome, Run } from "./verb.ts";

/** How many rows are shown; `--all` shows them all. */
const shown = 20;

/** Lists the stack's updates, newest first. */
export const run: Run = async ({ stack, progress, signal, options }: Context): Promise<Outcome> => {
  enterStack(stack);
  readStackFile(stack);
  requirePassphrase(stack);
  const all = await progress.step(`Reading the history of ${stack}`, () => readHistory(stack, signal));
  const updates = (options["all"] === true ? all : all.slice(0, shown)).map(updateOf);
  return {
    json: { updates },
    text: updates.length > 0 ? historyText(updates, all.length) : `${stack} has no updates yet.`,
  };
};

function historyText(updates: Update[], count: number): string {
  const table = new Table({
    head: ["#", "began (UTC)", "release", "result", "seconds", "changes", "by", "commit", "what"],
    style: { head: [], border: [], compact: true },
  });
  for (const update of updates) {
    const { number, startedAt, seconds, changes, by, gitSha, message, release } = update;
    table.push([
      number,
      startedAt.slice(0, 16).replace("T", " "),
      release?.tag ?? "",
      resultOf(update),
      seconds.toFixed(0),
      changes,
      by,
      gitSha?.slice(0, 7) ?? "",
      message,
    ]);
  }
  const rest = count - updates.length;
  return [table.toString(), ...(rest > 0 ? [`${rest} older ones: --all shows them.`] : [])].join("\n");
}

/** "succeeded", or what became of it. */
const resultOf = ({ kind, result, unhealthy }: Update): string =>
  [kind === "update" ? "" : `${kind} `, result, unhealthy ? ", not healthy" : ""].join("");
