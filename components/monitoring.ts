import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";
import type { PricedResource } from "../catalog/prices.ts";
import { type AlertTargets, notifications } from "./alert-targets.ts";
import type { Host } from "./host.ts";

export interface MonitoringArgs {
  /** Addresses that must answer from outside, by a short name. */
  targets: Record<string, string>;
  /** Droplets whose processor, memory and disk are watched; none on App Platform, which has alerts of its own. */
  dropletIds: Host["dropletIds"];
  alerts: AlertTargets;
}

// Declared, because the vendor fills in its own when none are given, which then differs on every run.
const regions = ["us_east", "eu_west", "se_asia"];

const certificateDaysLeft = 14;

const gauges = {
  cpu: "v1/insights/droplet/cpu",
  memory: "v1/insights/droplet/memory_utilization_percent",
  disk: "v1/insights/droplet/disk_utilization_percent",
} as const;

/** Percent: at the first somebody should look this week, at the second now. */
const levels = [80, 90];

/**
 * What watches the platform from outside: uptime and certificate of every address, and the droplet's gauges.
 *
 * @example
 * new Monitoring("odoo-prod", { targets: { odoo: "https://erp.example.com/web/health" }, dropletIds: host.dropletIds, alerts });
 */
export class Monitoring extends pulumi.ComponentResource {
  readonly checks: digitalocean.UptimeCheck[];
  readonly priced: PricedResource[];

  constructor(name: string, args: MonitoringArgs, opts?: pulumi.ComponentResourceOptions) {
    super("odoo-platform:index:Monitoring", name, {}, opts);
    this.checks = Object.entries(args.targets).map(([what, url]) =>
      createCheck(`${name}-${what}`, url, args.alerts, this),
    );
    this.priced = Object.keys(args.targets).map((what) => ({
      type: "digitalocean:index/uptimeCheck:UptimeCheck",
      name: `${name}-${what}`,
      props: {},
    }));
    if (args.dropletIds.length > 0) createGauges(name, args, this);
    this.registerOutputs({});
  }
}

function createCheck(
  name: string,
  target: string,
  alerts: AlertTargets,
  parent: pulumi.Resource,
): digitalocean.UptimeCheck {
  const check = new digitalocean.UptimeCheck(
    `${name}-check`,
    { name, target, type: "https", regions, enabled: true },
    { parent },
  );
  const shared = { checkId: check.id, notifications: [notifications(alerts)] };
  new digitalocean.UptimeAlert(
    `${name}-down`,
    // Threshold and comparison say nothing for this type, but the vendor may fill them in, which would then differ.
    {
      ...shared,
      name: `${name} is down`,
      type: "down_global",
      comparison: "less_than",
      threshold: 1,
      period: "2m",
    },
    { parent },
  );
  new digitalocean.UptimeAlert(
    `${name}-certificate`,
    {
      ...shared,
      name: `${name} has an old certificate`,
      type: "ssl_expiry",
      comparison: "less_than",
      threshold: certificateDaysLeft,
      period: "2m",
    },
    { parent },
  );
  return check;
}

function createGauges(name: string, args: MonitoringArgs, parent: pulumi.Resource): void {
  for (const [gauge, type] of Object.entries(gauges)) {
    for (const percent of levels) {
      new digitalocean.MonitorAlert(
        `${name}-${gauge}-${percent}`,
        {
          type,
          description: `${name}: ${gauge} above ${percent} %`,
          compare: "GreaterThan",
          value: percent,
          window: "10m",
          entities: args.dropletIds,
          enabled: true,
          alerts: notifications(args.alerts),
        },
        { parent },
      );
    }
  }
}
