import { appSizes } from "../../catalog/app-sizes.ts";
import { databaseSizes } from "../../catalog/database-sizes.ts";
import type { Cloud } from "./cloud.ts";
import { operation, page } from "./operation.ts";
import type { Operation } from "./operation.ts";
import { sizeOf } from "./platform.ts";

/** What the account owes: what exists now, priced for the time since it was made or the month began. */
export const billing = (cloud: Cloud): Operation[] => [
  operation("balance_get", "GET /v2/customers/my/balance", "billing:read", (c) => {
    const usage = usd(monthToDate(cloud));
    return c.json({
      month_to_date_balance: usage,
      account_balance: usd(0),
      month_to_date_usage: usage,
      generated_at: cloud.timestamp(),
    });
  }),
  // A sandbox never lives long enough for a bill.
  operation("billingHistory_list", "GET /v2/customers/my/billing_history", "billing:read", (c) =>
    page(c, "billing_history", []),
  ),
  operation("invoices_list", "GET /v2/customers/my/invoices", "billing:read", (c) => {
    const now = cloud.timestamp();
    const invoice_preview = {
      invoice_uuid: "preview",
      amount: usd(monthToDate(cloud)),
      invoice_period: now.slice(0, 7),
      updated_at: now,
    };
    return c.json({ invoices: [], invoice_preview, links: {}, meta: { total: 0 } });
  }),
];

/** A month is billed as 672 hours. @see https://docs.digitalocean.com/platform/billing/ */
const hoursPerMonth = 672;
/** Per GB and month. @see https://docs.digitalocean.com/products/volumes/details/pricing/ */
const volumeUsd = 0.1;

function monthToDate(cloud: Cloud): number {
  const now = cloud.world.now();
  const monthBegan = Date.UTC(now.getUTCFullYear(), now.getUTCMonth());
  const share = (created: string): number => {
    const hours = (now.getTime() - Math.max(Date.parse(created), monthBegan)) / 3_600_000;
    return Math.min(1, hours / hoursPerMonth);
  };
  return [
    ...cloud.droplets.list().map((one) => sizeOf(one.size).usdPerMonth * share(one.created_at)),
    ...cloud.volumes.list().map((one) => one.size_gigabytes * volumeUsd * share(one.created_at)),
    ...cloud.databases
      .list()
      .map((one) => price(databaseSizes, one.size) * one.num_nodes * share(one.created_at)),
    ...cloud.apps.list().map(({ spec, created_at }) => {
      const parts = [...(spec.services ?? []), ...(spec.workers ?? [])];
      const monthly = parts.map((one) => price(appSizes, one.instance_size_slug) * (one.instance_count ?? 1));
      return monthly.reduce((sum, one) => sum + one, 0) * share(created_at);
    }),
  ].reduce((sum, one) => sum + one, 0);
}

const price = (table: Record<string, { usdPerMonth: number }>, slug = ""): number =>
  table[slug]?.usdPerMonth ?? 0;

const usd = (amount: number): string => amount.toFixed(2);
