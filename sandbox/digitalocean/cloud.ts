import { randomUUID } from "node:crypto";
import type { Table } from "../store.ts";
import type { World } from "../world.ts";
import type { Hardware } from "./hardware.ts";
import type * as row from "./rows.ts";
import type * as service from "./service-rows.ts";

/** How long things take to become what was asked for, in milliseconds. */
export interface Settle {
  dropletMs: number;
  /** Every other action: power, resize, attach, assign. */
  actionMs: number;
  databaseMs: number;
  /** A whole App Platform deployment, all its phases. */
  deploymentMs: number;
  certificateMs: number;
}

const defaultSettle: Settle = {
  dropletMs: 3000,
  actionMs: 1000,
  databaseMs: 3000,
  deploymentMs: 3000,
  certificateMs: 1000,
};

/** One emulated account: its tables, its clock, and what every area of the API needs to know of the others. */
export class Cloud {
  readonly world: World;
  readonly settle: Settle;
  /** What stands behind the rows; set by whoever brings machines. */
  hardware: Hardware | undefined;
  readonly actions: Table<row.Action>;
  readonly assignments: Table<row.Assignment>;
  readonly certificates: Table<row.Certificate>;
  readonly domains: Table<row.Domain>;
  readonly droplets: Table<row.Droplet>;
  readonly firewalls: Table<row.Firewall>;
  readonly projects: Table<row.Project>;
  readonly records: Table<row.DomainRecord>;
  readonly reservedIps: Table<row.ReservedIp>;
  readonly sshKeys: Table<row.SshKey>;
  readonly tags: Table<{ name: string }>;
  readonly volumes: Table<row.Volume>;
  readonly alertPolicies: Table<service.AlertPolicy>;
  readonly apps: Table<service.App>;
  readonly databases: Table<service.Database>;
  readonly deployments: Table<service.Deployment>;
  readonly spacesKeys: Table<service.SpacesKey>;
  readonly uptimeAlerts: Table<service.UptimeAlert>;
  readonly uptimeChecks: Table<service.UptimeCheck>;
  readonly vpcs: Table<row.Vpc>;

  constructor(world: World, settle: Partial<Settle> = {}) {
    const { store } = world;
    this.world = world;
    this.settle = { ...defaultSettle, ...settle };
    this.actions = store.table("actions");
    this.assignments = store.table("assignments");
    this.certificates = store.table("certificates");
    this.domains = store.table("domains");
    this.droplets = store.table("droplets");
    this.firewalls = store.table("firewalls");
    this.projects = store.table("projects");
    this.records = store.table("records");
    this.reservedIps = store.table("reserved_ips");
    this.sshKeys = store.table("ssh_keys");
    this.tags = store.table("tags");
    this.volumes = store.table("volumes");
    this.alertPolicies = store.table("alert_policies");
    this.apps = store.table("apps");
    this.databases = store.table("databases");
    this.deployments = store.table("deployments");
    this.spacesKeys = store.table("spaces_keys");
    this.uptimeAlerts = store.table("uptime_alerts");
    this.uptimeChecks = store.table("uptime_checks");
    this.vpcs = store.table("vpcs");
  }

  /** A number like the vendor's: nine digits, never given twice. */
  nextId(): number {
    return 400_000_000 + this.world.store.nextId();
  }

  uuid(): string {
    return randomUUID();
  }

  /** The moment, as the vendor writes it: to the second. */
  timestamp(): string {
    return `${this.world.now().toISOString().slice(0, 19)}Z`;
  }

  /** The moment that many milliseconds ahead, to the millisecond. */
  in(ms: number): string {
    return new Date(this.world.now().getTime() + ms).toISOString();
  }

  isPast(moment: string): boolean {
    return this.world.now().getTime() >= Date.parse(moment);
  }
}
