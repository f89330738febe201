import { monthlyPrice } from "../catalog/prices.ts";
import { cardText, changeList, short } from "./card.ts";
import { confirm } from "./confirm.ts";
import { checkCredentials } from "./credentials.ts";
import { readRun } from "../sandbox/run.ts";
import { UserError } from "../user-error.ts";
import { enterStack, isSandbox, sandboxDir } from "./engine-env.ts";
import { withLock } from "./lock.ts";
import { me } from "./me.ts";
import { previewStack } from "./preview.ts";
import { readSettings } from "./project.ts";
import { recover } from "./recover.ts";
import { releaseToKeep } from "./running.ts";
import { chosen } from "./sandbox-machines.ts";
import { requireRoom } from "./state-folder.ts";
import type { EngineRun, Outputs } from "./stack.ts";
import type { Context, Outcome, Run } from "./verb.ts";

/** Brings the stack to what its settings declare: checks, previews, asks, updates. */
export const run: Run = async (context: Context): Promise<Outcome> => {
  const { stack, progress } = context;
  enterStack(stack);
  const settings = readSettings(stack);
  requireMachines(stack, settings.host.kind);
  requireRoom();
  const account = await progress.step("Checking credentials", () => checkCredentials(settings.repositories));
  const outcome = await withLock(stack, "up", () => update(context, account));
  if (settings.platform.environment !== "production") return outcome;
  const { withFirstBackup } = await import("./backups/first.ts");
  return await withFirstBackup(context, settings, outcome);
};

async function update(context: Context, account: string): Promise<Outcome> {
  const { stack, progress, signal } = context;
  const { state, unsure } = await recover(context);
  const { card, engine: preview } = await previewStack(context, { account });
  if (card.changes.length === 0 && unsure.length === 0) {
    return { json: { card, changed: false }, text: `${stack}: nothing to change.\n${cardText(card)}` };
  }
  progress.note(`${changeList(card)}\n${cardText(card)}\n`);
  if (!isSandbox(stack) || card.severity === "severe") await confirm(context, card);
  const { PlatformStack } = await import("./stack.ts");
  const opened = await PlatformStack.open(stack);
  const engine = await progress.step(`Updating ${stack}`, (tell) =>
    opened.up({
      signal,
      tell: (text) => tell(`${text} of ${preview.changes.length + preview.unchanged}`),
      overlay: {
        release: releaseToKeep(state, readSettings(stack)),
        update: { verb: "up", by: me() },
      },
      replace: unsure,
    }),
  );
  const outputs = await opened.outputs();
  return {
    json: { card, changed: true, outputs, seconds: engine.seconds, warnings: engine.warnings },
    text: [
      `${stack}: ${engine.changes.length} resources changed in ${engine.seconds.toFixed(1)} s.`,
      "",
      ...(outputs ? [whatIsThere(outputs, engine)] : []),
      ...engine.warnings.map((text) => `\nWarning: ${text}`),
    ].join("\n"),
    next: `platform preview --stack ${stack}`,
  };
}

/** A droplet that is a row takes no configuration; an update that said it did would be a lie. */
export function requireMachines(stack: string, host: "droplet" | "app"): void {
  if (!isSandbox(stack) || host === "app" || readRun(sandboxDir())?.machines || chosen() === "rows") return;
  throw new UserError("failed", `${stack}: its droplet would be a machine, and this sandbox has none`, {
    hint: "platform sandbox up says what this computer lacks. Stacks on App Platform need no machine.",
    next: "platform sandbox up --stack sandbox-app",
  });
}

/** What the update has left: where it is, what runs, and what each part costs. */
function whatIsThere(outputs: Outputs, { changes, unchanged, priced }: EngineRun): string {
  const { lines } = monthlyPrice(priced.after);
  const size = changes.filter(({ op }) => op !== "delete").length + unchanged;
  return [
    `  Odoo      ${outputs.url}`,
    `  Address   ${outputs.address}`,
    `  Release   ${outputs.release.repository}:${outputs.release.tag}`,
    `  Holds     ${size} resources`,
    `  Price     ${outputs.monthlyPriceUsd.toFixed(2)} USD a month`,
    ...lines.map(({ usd, type, reason }) => `  ${usd.toFixed(2).padStart(15)}  ${short(type)}, ${reason}`),
  ].join("\n");
}
