import { setTimeout as sleep } from "node:timers/promises";
import { type Watched, watchBackups } from "./backups/watch.ts";
import { openRepository } from "./github-api.ts";
import type { Finding } from "./health/check.ts";
import { lookAt } from "./health/look.ts";
import { openOwnRepository } from "./own-repository.ts";
import { readSettings } from "./project.ts";
import { readStack } from "./stack-reader.ts";
import type { Context, Outcome, Run } from "./verb.ts";

/** One that is gone a little later was none. */
const againMs = 15_000;

/**
 * Tells people, by the channels of the deployments, when a stack's backups are not well: at once, louder after a day, and when
 * they are well again. One issue a stack keeps who was told what.
 */
export const run: Run = async (context: Context): Promise<Outcome> => {
  const { stack, signal, progress } = context;
  const settings = readSettings(stack);
  const reading = await progress.step(`Opening ${stack}`, () => readStack(stack, signal));
  // Not before: a sandbox's token is in the environment by now.
  const repository = process.env["GITHUB_REPOSITORY"]
    ? openOwnRepository(signal)
    : openRepository(stack, settings, signal);
  const look = async (): Promise<Finding> => {
    const found = await lookAt(reading, settings, signal);
    return found.find(({ name }) => name === "backups") as Finding;
  };
  const found = await progress.step(`Asking ${stack} for its backups`, async (tell) => {
    const first = await look();
    if (first.state !== "fail") return first;
    tell(first.detail);
    await sleep(againMs, undefined, { signal });
    return await look();
  });
  const watched = await progress.step("Keeping the issue", () =>
    watchBackups({ repository, reading, settings, found, now: new Date(), signal }),
  );
  return outcomeOf(stack, found, watched);
};

function outcomeOf(stack: string, found: Finding, { level, since, issue, told }: Watched): Outcome {
  const isWell = level === "well";
  return {
    exit: isWell ? "done" : "findings",
    json: { level, since, finding: found, issue, told },
    text: [
      `${stack}: its backups are ${isWell ? "well" : "not well"}: ${found.detail}.`,
      ...(issue === null ? [] : [`  The issue: ${issue}`]),
      ...told.map(({ channel, ok, error }) => `  ${channel}: ${ok ? "told" : (error ?? "not told")}`),
    ].join("\n"),
    ...(isWell ? {} : { next: `platform backup list --stack ${stack}` }),
  };
}
