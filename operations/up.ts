import { cardText } from "./card.ts";
import { confirm } from "./confirm.ts";
import { checkCredentials } from "./credentials.ts";
import { enterStack, isSandbox } from "./engine-env.ts";
import { withLock } from "./lock.ts";
import { previewStack } from "./preview.ts";
import { readSettings } from "./project.ts";
import { recover } from "./recover.ts";
import type { Context, Outcome, Run } from "./verb.ts";

/** Brings the stack to what its settings declare: checks, previews, asks, updates. */
export const run: Run = async (context: Context): Promise<Outcome> => {
  const { stack, progress } = context;
  enterStack(stack);
  const settings = readSettings(stack);
  const account = await progress.step("Checking credentials", () =>
    checkCredentials(settings.repositories.length > 0),
  );
  return await withLock(stack, "up", () => update(context, account));
};

async function update(context: Context, account: string): Promise<Outcome> {
  const { stack, progress, signal } = context;
  await recover(context);
  const { card, engine: preview } = await previewStack(context, false, account);
  if (card.changes.length === 0) {
    return { json: { card, changed: false }, text: `${stack}: nothing to change.\n${cardText(card)}` };
  }
  if (!isSandbox(stack) || card.severity === "severe") await confirm(context, card);
  else progress.note(`${cardText(card)}\n`);
  const { PlatformStack } = await import("./stack.ts");
  const opened = await PlatformStack.open(stack);
  const engine = await progress.step(`Updating ${stack}`, (tell) =>
    opened.up({ signal, tell: (text) => tell(`${text} of ${preview.changes.length + preview.unchanged}`) }),
  );
  const outputs = await opened.outputs();
  return {
    json: { card, changed: true, outputs, seconds: engine.seconds, warnings: engine.warnings },
    text: [
      `${stack}: ${engine.changes.length} resources changed in ${engine.seconds.toFixed(1)} s.`,
      "",
      `  Odoo       ${outputs?.url ?? ""}`,
      `  Address    ${outputs?.address ?? ""}`,
      `  Release    ${outputs?.release.repository ?? ""}:${outputs?.release.tag ?? ""}`,
      `  Price      ${outputs?.monthlyPriceUsd.toFixed(2) ?? "?"} USD a month`,
      ...engine.warnings.map((text) => `\nWarning: ${text}`),
    ].join("\n"),
    next: `platform preview --stack ${stack}`,
  };
}
