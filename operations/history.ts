import Table from "cli-table3";
import { enterStack } from "./engine-env.ts";
import { requirePassphrase } from "./passphrase.ts";
import { readStackFile } from "./project.ts";
import type { Update } from "./stack.ts";
import type { Context, Outcome, Run } from "./verb.ts";

/** Lists the stack's updates, newest first. */
export const run: Run = async ({ stack, progress }: Context): Promise<Outcome> => {
  enterStack(stack);
  readStackFile(stack);
  requirePassphrase(stack);
  const updates = await progress.step(`Reading the history of ${stack}`, async () => {
    const { PlatformStack } = await import("./stack.ts");
    return await (await PlatformStack.open(stack)).history();
  });
  return { json: { updates }, text: updates.length > 0 ? table(updates) : `${stack} has no updates yet.` };
};

function table(updates: Update[]): string {
  const table = new Table({
    head: ["#", "began", "kind", "result", "seconds", "changes", "commit by", "commit", "message"],
    style: { head: [], border: [], compact: true },
  });
  for (const { number, startedAt, kind, result, seconds, changes, who, gitSha, message } of updates) {
    const began = startedAt.slice(0, 19).replace("T", " ");
    table.push([
      number,
      began,
      kind,
      result,
      seconds.toFixed(0),
      changes,
      who,
      gitSha?.slice(0, 7) ?? "",
      message,
    ]);
  }
  return table.toString();
}
