import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";
import { type DatabaseSizeSlug, databaseSizes } from "../catalog/database-sizes.ts";
import type { PricedResource } from "../catalog/prices.ts";
import { type HostConcern, type Machine, hostCommand, hostFile, render } from "./host-command.ts";
import { type Host, tagsOf } from "./host.ts";
import type { PostgresTuning } from "./tuning.ts";

export interface ManagedPostgres {
  kind: "managed";
  /** Region slug. */
  region: string;
  /** Major version. It can only rise, and an upgrade is not undone. */
  version: string;
  /** Node size slug. */
  size: DatabaseSizeSlug;
  /** A second node that takes over. */
  standby: boolean;
  /** Private network of the cluster. Changing it replaces the cluster. */
  vpcId?: pulumi.Input<string>;
}

export interface DropletPostgres {
  kind: "droplet";
  machine: Machine;
  /** Reference of an image of Postgres 17; another major version refuses the data that is there. */
  image: string;
  /** Bound of its container in MB. */
  memoryMb: number;
  /** Its numbers. A change of one restarts it. */
  tuning: PostgresTuning;
  /** Password of Odoo's database user. */
  password: pulumi.Input<string>;
}

export type PostgresArgs = ManagedPostgres | DropletPostgres;

/** How Odoo reaches its database. */
export interface PostgresConnection {
  host: pulumi.Output<string>;
  port: pulumi.Output<number>;
  database: string;
  user: string;
  /** Secret. */
  password: pulumi.Output<string>;
  /** As libpq names it; on the droplet they share a network of their own. */
  sslMode: "disable" | "require";
}

/** Database and user have the same name on both kinds. */
const odoo = "odoo";

/**
 * Odoo's database: on the droplet itself, or a managed cluster with database, user and a pool of connections.
 *
 * @example
 * const postgres = new Postgres("odoo-prod", { kind: "managed", version: "17", size: "db-s-1vcpu-1gb", ... });
 * postgres.admit(host.databaseClient);
 */
export class Postgres extends pulumi.ComponentResource {
  readonly connection: PostgresConnection;
  /** The managed cluster; there is none on a droplet. */
  readonly cluster: digitalocean.DatabaseCluster | undefined;
  /** Connections that a managed cluster leaves to Odoo; on a droplet Postgres allows as many as Odoo may need. */
  readonly connections: number | undefined;
  /** What must be there before a client can use the database. */
  readonly parts: pulumi.Resource[];
  readonly priced: PricedResource[];
  readonly #name: string;

  constructor(name: string, args: PostgresArgs, opts?: pulumi.ComponentResourceOptions) {
    super("odoo-platform:index:Postgres", name, {}, opts);
    this.#name = name;
    if (args.kind === "droplet") {
      this.connection = onDroplet(args);
      this.parts = [hostCommand(`${name}-postgres`, postgresConcern(args), args.machine, { parent: this })];
      this.priced = [];
    } else {
      this.cluster = createCluster(name, args, this);
      this.connections = poolSize(args.size);
      const database = createDatabase(name, this.cluster, this);
      const user = createUser(name, this.cluster, this);
      const pool = createPool(name, args.size, this.cluster, database, user, this);
      this.connection = managedConnection(this.cluster, user);
      this.parts = [this.cluster, database, user, pool];
      this.priced = [pricedCluster(name, args)];
    }
    this.registerOutputs({ host: this.connection.host });
  }

  /** Lets this client in and nobody else. Until that is done, the vendor lets the whole internet try the password. */
  admit(client: Host["databaseClient"]): void {
    if (!this.cluster) return;
    new digitalocean.DatabaseFirewall(
      `${this.#name}-database-firewall`,
      { clusterId: this.cluster.id, rules: [client] },
      { parent: this },
    );
  }
}

function onDroplet(args: DropletPostgres): PostgresConnection {
  return {
    host: pulumi.output("postgres"),
    port: pulumi.output(5432),
    database: odoo,
    user: odoo,
    password: pulumi.secret(args.password),
    sslMode: "disable",
  };
}

export function postgresConcern(args: Omit<DropletPostgres, "machine" | "kind">): HostConcern {
  return {
    name: "postgres",
    files: [
      { path: "/etc/odoo-platform/postgres/compose.yaml", text: hostFile("postgres/compose.yaml") },
      {
        path: "/etc/odoo-platform/postgres/pgbackrest-push.sh",
        text: hostFile("postgres/pgbackrest-push.sh"),
        mode: "0755",
      },
      {
        path: "/etc/odoo-platform/postgres/.env",
        text: render(hostFile("postgres/compose.env"), args),
      },
      {
        path: "/etc/odoo-platform/secrets/postgres/password",
        text: pulumi.secret(args.password),
        mode: "0400",
        owner: "10002:10002",
      },
    ],
    apply: hostFile("postgres/apply.sh"),
    variables: { POSTGRES_IMAGE: args.image },
  };
}

function createCluster(
  name: string,
  args: ManagedPostgres,
  parent: pulumi.Resource,
): digitalocean.DatabaseCluster {
  return new digitalocean.DatabaseCluster(
    `${name}-database`,
    {
      name: `${name}-database`,
      engine: "pg",
      version: args.version,
      size: args.size,
      nodeCount: args.standby ? 2 : 1,
      region: args.region,
      ...(args.vpcId === undefined ? {} : { privateNetworkUuid: args.vpcId }),
      // Sunday 03:00 in Singapore, an hour after the nightly backup's default.
      maintenanceWindows: [{ day: "saturday", hour: "19:00" }],
      tags: tagsOf(name),
    },
    { parent, protect: true },
  );
}

function createDatabase(
  name: string,
  cluster: digitalocean.DatabaseCluster,
  parent: pulumi.Resource,
): digitalocean.DatabaseDb {
  return new digitalocean.DatabaseDb(
    `${name}-database-odoo`,
    { clusterId: cluster.id, name: odoo },
    { parent, protect: true },
  );
}

function createUser(
  name: string,
  cluster: digitalocean.DatabaseCluster,
  parent: pulumi.Resource,
): digitalocean.DatabaseUser {
  return new digitalocean.DatabaseUser(
    `${name}-database-user`,
    { clusterId: cluster.id, name: odoo },
    { parent },
  );
}

function createPool(
  name: string,
  size: DatabaseSizeSlug,
  cluster: digitalocean.DatabaseCluster,
  database: digitalocean.DatabaseDb,
  user: digitalocean.DatabaseUser,
  parent: pulumi.Resource,
): digitalocean.DatabaseConnectionPool {
  return new digitalocean.DatabaseConnectionPool(
    `${name}-database-pool`,
    {
      clusterId: cluster.id,
      name: `${odoo}-pool`,
      // Odoo listens for notifications and keeps a session's settings, so a connection cannot be shared by transaction.
      mode: "session",
      size: poolSize(size),
      dbName: database.name,
      user: user.name,
    },
    { parent },
  );
}

function managedConnection(
  cluster: digitalocean.DatabaseCluster,
  user: digitalocean.DatabaseUser,
): PostgresConnection {
  return {
    host: cluster.privateHost,
    port: cluster.port,
    database: odoo,
    user: odoo,
    password: user.password,
    sslMode: "require",
  };
}

/** Connections of the pool: what the size allows, less the vendor's three and five for migrations and a person. */
export function poolSize(size: DatabaseSizeSlug): number {
  return databaseSizes[size].connections - 3 - 5;
}

function pricedCluster(name: string, args: ManagedPostgres): PricedResource {
  const props = { size: args.size, nodeCount: args.standby ? 2 : 1 };
  return { type: "digitalocean:index/databaseCluster:DatabaseCluster", name: `${name}-database`, props };
}
