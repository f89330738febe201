import type * as pulumi from "@pulumi/pulumi";
import type { PricedResource } from "../catalog/prices.ts";

/** What every way of hosting tells the rest of the platform. */
export interface Host {
  /** What the platform's domain must point to. */
  readonly dns: { type: "A" | "CNAME"; data: pulumi.Output<string> };
  /** Who may reach a managed database: a rule of its firewall. */
  readonly databaseClient: { type: "droplet" | "app"; value: pulumi.Output<string> };
  /** Droplets whose processor, memory and disk are watched. */
  readonly dropletIds: pulumi.Output<string>[];
  /** What it declares that costs money. */
  readonly priced: PricedResource[];
}

/** Tags of everything that can carry some, so that an account's bill can be split by stack. */
export const tagsOf = (name: string): string[] => ["odoo-platform", name];
