import Table from "cli-table3";
import { monthlyPrice } from "../catalog/prices.ts";
import { short } from "./card.ts";
import { enterStack } from "./engine-env.ts";
import { requirePassphrase } from "./passphrase.ts";
import { readSettings } from "./project.ts";
import type { Context, Outcome, Run } from "./verb.ts";

/** What the stack's settings cost a month, line by line, beside its budget. */
export const run: Run = async ({ stack, progress, signal }: Context): Promise<Outcome> => {
  enterStack(stack);
  const { usdPerMonth } = readSettings(stack).budget;
  requirePassphrase(stack);
  const report = await progress.step(`Adding up ${stack}`, async () => {
    const { PlatformStack } = await import("./stack.ts");
    // Without the packs, so that a stack over its budget can be looked at.
    return await (await PlatformStack.open(stack, { create: true })).preview({ signal, noPolicies: true });
  });
  const { lines, totalUsd, unknown } = monthlyPrice(report.priced.after);
  const table = new Table({
    head: ["resource", "name", "because", "USD a month"],
    style: { head: [], border: [], compact: true },
  });
  for (const { type, name, reason, usd } of lines) table.push([short(type), name, reason, usd.toFixed(2)]);
  const verdict = totalUsd > usdPerMonth ? "over" : "within";
  return {
    json: { lines, totalUsd, budgetUsd: usdPerMonth, unknown },
    text: [
      table.toString(),
      `${totalUsd.toFixed(2)} USD a month, ${verdict} the budget of ${usdPerMonth.toFixed(2)}. Taxes and traffic beyond the allowance are not in it.`,
      ...unknown.map((name) => `Its price is not known, so it is not in the sum: ${name}`),
    ].join("\n"),
  };
};
