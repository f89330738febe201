import { monthlyPrice } from "../../catalog/prices.ts";
import { violation } from "./platform.ts";
import { stackRule } from "./stack-rule.ts";

/** A stack costs no more than its platforms' budgets together, and every part of it has a known price. */
export const budget = stackRule({
  name: "production/budget",
  description: "A stack costs no more a month than its budget.",
  check: ({ platforms, resources }, report) => {
    const [platform] = platforms;
    if (!platform) return;
    const { lines, totalUsd, unknown } = monthlyPrice(resources);
    for (const part of unknown) {
      report(
        violation(platform, `the price of ${part} is not known`, "take a size that the catalog has"),
        platform.urn,
      );
    }
    const limits = platforms.map(({ props }) => props.budget?.usdPerMonth);
    if (!limits.every((usd) => typeof usd === "number")) {
      const way = "set budget.usdPerMonth to a number";
      report(violation(platform, "no budget is set", way), platform.urn);
      return;
    }
    const limitUsd = limits.reduce((sum, usd) => sum + usd, 0);
    if (totalUsd <= limitUsd) return;
    const bill = lines.map(({ name, usd, reason }) => `${name} ${usd.toFixed(2)} (${reason})`).join(", ");
    const fault = `it costs ${totalUsd.toFixed(2)} USD a month, over the budget of ${limitUsd.toFixed(2)}: ${bill}`;
    report(violation(platform, fault, "take smaller sizes, or raise budget.usdPerMonth"), platform.urn);
  },
});
