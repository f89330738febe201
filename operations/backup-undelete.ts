import { type Lost, bringBack, entriesOf, lostSince } from "./backups/bucket-as-of.ts";
import { confirm } from "./confirm.ts";
import { spaces } from "./empty-buckets.ts";
import { readSettings } from "./project.ts";
import { parseMoment } from "./restore/moment.ts";
import { readStack } from "./stack-reader.ts";
import type { Context, Outcome, Run } from "./verb.ts";
import { UserError } from "../user-error.ts";

/**
 * Brings the bucket of the backups to what it held at a time, from the versions that it keeps: for when somebody with the machine's
 * key, or a tool that went wrong, has deleted or overwritten what is in it. With the account's own key of Spaces.
 */
export const run: Run = async (context: Context): Promise<Outcome> => {
  const { stack, signal, progress } = context;
  const time = timeOf(context.options["to"]);
  const { outputs } = await progress.step(`Opening ${stack}`, () => readStack(stack, signal));
  const bucket = outputs.backupBucket;
  if (bucket === undefined)
    throw new UserError("failed", `${stack}: its last update made no bucket for backups`, {
      next: `platform up --stack ${stack}`,
    });
  const client = spaces(stack, readSettings(stack).platform.region);
  try {
    const lost = await progress.step(`Looking through the versions in ${bucket}`, async (tell) =>
      lostSince(await entriesOf(client, bucket, tell, signal), time),
    );
    const json = { bucket, to: time.toISOString(), lost };
    if (lost.length === 0)
      return {
        json: { ...json, broughtBack: 0 },
        text: `${bucket} holds all that it held at ${time.toISOString()}.`,
      };
    progress.note(lostText(bucket, time, lost));
    await confirm(context, { severity: "moderate", dataLost: [] });
    await progress.step("Bringing it back", (tell) => bringBack(client, bucket, lost, tell, signal));
    return {
      json: { ...json, broughtBack: lost.length },
      text: `${lost.length} objects of ${bucket} are what they were at ${time.toISOString()}.`,
      next: `platform backup verify --all --stack ${stack}`,
    };
  } finally {
    client.destroy();
  }
};

function lostText(bucket: string, time: Date, lost: readonly Lost[]): string {
  const [first] = lost;
  const deleted = lost.filter(({ how }) => how === "deleted").length;
  return `  ${bucket} held at ${time.toISOString()}, and does not now:
    ${deleted} objects that were deleted, ${lost.length - deleted} that were overwritten; such as ${first?.key ?? ""}`;
}

function timeOf(text: string | boolean | undefined): Date {
  const moment = typeof text === "string" ? parseMoment(text, new Date()) : undefined;
  if (moment?.kind === "time") return moment.at;
  throw new UserError(
    "badInput",
    `--to: "${text ?? ""}" is no time that has been, such as 2026-11-26T02:30:00Z`,
  );
}
