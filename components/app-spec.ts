import type { types } from "@pulumi/digitalocean";
import type * as pulumi from "@pulumi/pulumi";
import { type AppRegistry, appRegistries } from "../catalog/app-registries.ts";
import { type AppSizeSlug, appSizes } from "../catalog/app-sizes.ts";
import { type RegionSlug, regions } from "../catalog/regions.ts";
import { UserError } from "../user-error.ts";
import type { Release } from "./release.ts";

type Spec = types.input.AppSpec;
type Image = types.input.AppSpecServiceImage;

/** An environment variable of the app; secret ones are kept encrypted by the vendor. */
export interface AppEnv {
  key: string;
  value: pulumi.Input<string>;
  secret: boolean;
}

export interface AppSpecArgs {
  name: string;
  region: RegionSlug;
  domain: string;
  size: AppSizeSlug;
  instances: number;
  cronSize: AppSizeSlug;
  workers: "auto" | number;
  release: Release;
  /** user:token that may pull the image. */
  registryCredentials?: pulumi.Input<string>;
  database: { clusterName: pulumi.Input<string>; version: string; name: string; user: string };
  env: AppEnv[];
}

/** Ports that Odoo itself listens on: requests, and the websocket of its gevent process. */
const httpPort = 8069;
const websocketPort = 8072;

// Odoo reads PGHOST and its like through libpq, so no password stands on a command line.
const common = "--proxy-mode --no-database-list --logfile= --data-dir=/tmp/odoo";

/**
 * What App Platform runs: web, websocket and one cron instance from one image, and a job that updates modules before
 * each deployment goes live.
 *
 * @see https://docs.digitalocean.com/products/app-platform/reference/app-spec/
 */
export function appSpec(args: AppSpecArgs): Spec {
  const shared = {
    image: imageOf(args.release, args.registryCredentials),
    // Secrets stand at the app and all else here, because the ignored part of the spec (secretPaths) is then secrets alone.
    envs: [...databaseEnv, ...args.env.filter(({ secret }) => !secret)].map(envOf),
  };
  return {
    name: args.name,
    region: regions[args.region].app,
    domainNames: [{ name: args.domain, type: "PRIMARY" }],
    databases: [
      {
        name: "db",
        engine: "PG",
        production: true,
        version: args.database.version,
        clusterName: args.database.clusterName,
        dbName: args.database.name,
        dbUser: args.database.user,
      },
    ],
    envs: args.env.filter(({ secret }) => secret).map(envOf),
    services: [
      {
        name: "web",
        ...shared,
        instanceSizeSlug: args.size,
        instanceCount: args.instances,
        httpPort,
        runCommand: `odoo ${common} --http-port=${httpPort} --workers=${workersOf(args)} --max-cron-threads=0`,
        healthCheck: {
          httpPath: "/web/health?db_server_status=1",
          initialDelaySeconds: 20,
          periodSeconds: 10,
          timeoutSeconds: 5,
          failureThreshold: 6,
        },
        termination: { drainSeconds: 30, gracePeriodSeconds: 120 },
        // They go to the team's members: destinations are no part of the spec that is read back, so they would differ on
        // every run. What the settings name hears of an outage by the uptime checks.
        alerts: [80, 90].flatMap((value) => [
          { rule: "CPU_UTILIZATION", operator: "GREATER_THAN", value, window: "TEN_MINUTES" },
          { rule: "MEM_UTILIZATION", operator: "GREATER_THAN", value, window: "TEN_MINUTES" },
        ]),
      },
      {
        name: "websocket",
        ...shared,
        instanceSizeSlug: args.cronSize,
        instanceCount: 1,
        httpPort: websocketPort,
        runCommand: `odoo gevent ${common} --gevent-port=${websocketPort}`,
        healthCheck: {
          httpPath: "/websocket/health",
          initialDelaySeconds: 20,
          periodSeconds: 10,
          timeoutSeconds: 5,
        },
      },
    ],
    workers: [
      {
        name: "cron",
        ...shared,
        instanceSizeSlug: args.cronSize,
        // Never more than one: scheduled actions would run twice.
        instanceCount: 1,
        runCommand: `odoo ${common} --no-http --workers=0 --max-cron-threads=1`,
      },
    ],
    jobs: [
      {
        name: "update-modules",
        kind: "PRE_DEPLOY",
        ...shared,
        instanceSizeSlug: args.size,
        instanceCount: 1,
        runCommand: "click-odoo-update --if-exists",
      },
    ],
    ingress: {
      rules: [
        {
          match: { path: { prefix: "/websocket" } },
          component: { name: "websocket", preservePathPrefix: true },
        },
        { match: { path: { prefix: "/" } }, component: { name: "web" } },
      ],
    },
    alerts: ["DEPLOYMENT_FAILED", "DOMAIN_FAILED"].map((rule) => ({ rule })),
  };
}

/**
 * Paths of the spec that hold secrets. The vendor answers them encrypted, so they look changed on every run
 * (https://github.com/digitalocean/terraform-provider-digitalocean/issues/1603).
 */
export function secretPaths(spec: Spec): string[] {
  const count = (list: unknown): number[] => (Array.isArray(list) ? list.map((_, index) => index) : []);
  const credentials = (kind: "services" | "workers" | "jobs"): string[] =>
    count(spec[kind]).map((index) => `spec.${kind}[${index}].image.registryCredentials`);
  return ["spec.envs", ...credentials("services"), ...credentials("workers"), ...credentials("jobs")];
}

// The type is always written: where some variables have it and others not, the set of them differs on every run.
const envOf = ({ key, value, secret }: AppEnv): types.input.AppSpecServiceEnv => ({
  key,
  value,
  scope: "RUN_TIME",
  type: secret ? "SECRET" : "GENERAL",
});

/** Web workers for a size: two for each processor, but no more than its memory holds at 400 MB each, and at least two. */
function workersOf({ workers, size }: AppSpecArgs): number {
  if (workers !== "auto") return workers;
  const { vcpus, memoryMb } = appSizes[size];
  return Math.max(2, Math.min(vcpus * 2, Math.floor(memoryMb / 400)));
}

// ${db.*} is filled in by App Platform when a container starts, so the password never stands in the spec.
const databaseEnv: AppEnv[] = Object.entries({
  PGHOST: "${db.HOSTNAME}",
  PGPORT: "${db.PORT}",
  PGDATABASE: "${db.DATABASE}",
  PGUSER: "${db.USERNAME}",
  PGPASSWORD: "${db.PASSWORD}",
  PGSSLMODE: "require",
}).map(([key, value]) => ({ key, value, secret: false }));

function imageOf(release: Release, credentials: pulumi.Input<string> | undefined): Image {
  const { type, ownerNamed } = registryOf(release);
  const [owner = "", ...rest] = release.repository.split("/");
  return {
    registryType: type,
    ...(ownerNamed ? { registry: owner } : {}),
    repository: rest.join("/"),
    ...(release.digest ? { digest: release.digest } : { tag: release.tag }),
    ...(credentials === undefined ? {} : { registryCredentials: credentials }),
  };
}

// The settings allow no other; a release that is handed in could name one.
function registryOf({ registry }: Release): AppRegistry {
  const known = appRegistries[registry];
  if (known) return known;
  const way = `there is ${Object.keys(appRegistries).join(", ")}`;
  throw new UserError("badInput", `release: App Platform cannot pull from "${registry}"; ${way}`);
}
