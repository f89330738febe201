import { hoursSince, newestHours } from "./backups/limits.ts";
import { runScript } from "./backups/machine.ts";
import { type ProviderBackup, providerBackups } from "./backups/provider.ts";
import { type List, listSchema } from "./backups/schema.ts";
import { withMachine } from "./backups/session.ts";
import { listText, providerText } from "./backups/text.ts";
import type { Context, Outcome, Run } from "./verb.ts";

/** Lists what a stack can be restored to, and how far that is known to be so. */
export const run: Run = (context: Context): Promise<Outcome> => {
  const { stack, progress } = context;
  return withMachine(
    context,
    "list backups",
    async ({ reading, signal }) => {
      const title = "Asking the bucket";
      const options = { signal, progress, title, schema: listSchema };
      return outcomeOf(stack, await runScript(reading, ["odoo-backup.sh", "list"], options));
    },
    async ({ reading }) => {
      const { hostId } = reading.outputs;
      return ofProvider(stack, await progress.step("Asking DigitalOcean", () => providerBackups(hostId)));
    },
  );
};

function outcomeOf(stack: string, list: List): Outcome {
  const now = new Date();
  const [newest] = list.points;
  const isOld = !newest || hoursSince(newest.at, now) > newestHours;
  return {
    json: { ...list, provider: null },
    text: listText(stack, list, now),
    next: isOld ? `platform backup now --stack ${stack}` : `platform restore --to TIME --stack ${stack}`,
  };
}

function ofProvider(stack: string, found: { cluster: string; backups: ProviderBackup[] }): Outcome {
  const now = new Date();
  const oldest = found.backups.at(-1);
  const none: List = { points: [], bad: [], span: null, stored: null, checkedAt: now.toISOString() };
  const span = oldest ? { from: oldest.at, to: now.toISOString() } : null;
  return { json: { ...none, span, provider: found }, text: providerText(stack, found, now) };
}
