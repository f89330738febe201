import { randomBytes } from "node:crypto";
import type { Context } from "hono";
import { z } from "zod";
import { databaseSizes, databaseVersions } from "../../catalog/database-sizes.ts";
import { regions } from "../../catalog/regions.ts";
import { allows } from "./access.ts";
import type { Cloud } from "./cloud.ts";
import { ApiError, found, invalid } from "./errors.ts";
import { input, noContent, operation, page, param } from "./operation.ts";
import type { Operation } from "./operation.ts";
import { isRegion } from "./platform.ts";
import { assignToDefault, projectOf, release } from "./projects.ts";
import type { Database } from "./service-rows.ts";
import { showDatabase } from "./show-database.ts";
import { ensureTags } from "./tags.ts";
import { defaultVpc } from "./vpcs.ts";

const nodes = z.number("num_nodes is required").int().min(1).max(3, "num_nodes must be between 1 and 3");
const storage = z.coerce.number().int().nullish();
const creation = z.object({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{2,62}$/, "must be 3 to 63 lowercase letters, numbers or dashes"),
  engine: z.string("engine is required"),
  version: z.string().default(databaseVersions.at(-1) ?? ""),
  size: z.string("size is required"),
  region: z.string("region is required"),
  num_nodes: nodes,
  storage_size_mib: storage,
  private_network_uuid: z.string().nullish(),
  project_id: z.string().nullish(),
  tags: z.array(z.string()).nullish(),
});
const window = z.object({
  day: z.string().transform((day) => day.toLowerCase()),
  hour: z.string().regex(/^\d{2}:\d{2}/),
});

/** Managed Postgres clusters. Other engines answer 501. */
export const databases = (cloud: Cloud): Operation[] => [
  operation("databases_list_options", "GET /v2/databases/options", "database:read", (c) => {
    const sizes = Object.keys(databaseSizes);
    const layouts = [1, 2, 3].map((num_nodes) => ({ num_nodes, sizes }));
    const pg = {
      regions: Object.keys(regions),
      versions: databaseVersions,
      layouts,
      default_version: databaseVersions.at(-1),
    };
    return c.json({ options: { pg }, version_availability: { pg: [] } });
  }),

  operation("databases_list_clusters", "GET /v2/databases", "database:read", (c) => {
    const tag = c.req.query("tag_name");
    const list = cloud.databases.list((one) => !tag || one.tags.includes(tag));
    return page(
      c,
      "databases",
      list.map((one) => show(c, cloud, one)),
    );
  }),

  operation("databases_create_cluster", "POST /v2/databases", "database:create", async (c) => {
    const asked = await input(c, creation);
    return c.json({ database: show(c, cloud, create(cloud, asked)) }, 201);
  }),

  operation("databases_get_cluster", "GET /v2/databases/:database_id", "database:read", (c) =>
    c.json({ database: show(c, cloud, databaseOf(c, cloud)) }),
  ),

  operation("databases_destroy_cluster", "DELETE /v2/databases/:database_id", "database:delete", (c) => {
    const { id } = databaseOf(c, cloud);
    cloud.databases.delete(id);
    release(cloud, `do:dbaas:${id}`);
    return noContent(c);
  }),

  operation(
    "databases_update_clusterSize",
    "PUT /v2/databases/:database_id/resize",
    "database:update",
    async (c) => {
      const database = databaseOf(c, cloud);
      const asked = await input(
        c,
        z.object({ size: z.string(), num_nodes: nodes, storage_size_mib: storage }),
      );
      const least = diskMib(asked.size);
      const storage_size_mib = asked.storage_size_mib || Math.max(least, database.storage_size_mib);
      if (storage_size_mib < Math.max(least, database.storage_size_mib))
        throw invalid("storage size cannot be reduced");
      const { size, num_nodes } = asked;
      begin(cloud, database, "resizing", { size, num_nodes, storage_size_mib });
      return c.body(null, 202);
    },
  ),

  operation(
    "databases_update_region",
    "PUT /v2/databases/:database_id/migrate",
    "database:update",
    async (c) => {
      const database = databaseOf(c, cloud);
      const { region } = await input(c, z.object({ region: z.string() }));
      if (!isRegion(region)) throw invalid("invalid region");
      begin(cloud, database, "migrating", { region, private_network_uuid: defaultVpc(cloud, region).id });
      return c.body(null, 202);
    },
  ),

  operation(
    "databases_update_major_version",
    "PUT /v2/databases/:database_id/upgrade",
    "database:update",
    async (c) => {
      const database = databaseOf(c, cloud);
      const { version } = await input(c, z.object({ version: z.string() }));
      refuseVersion(version);
      if (Number(version) <= Number(database.version)) throw invalid("cannot downgrade to an older version");
      cloud.databases.put(database.id, { ...database, version });
      return noContent(c);
    },
  ),

  operation(
    "databases_update_maintenanceWindow",
    "PUT /v2/databases/:database_id/maintenance",
    "database:update",
    async (c) => {
      const database = databaseOf(c, cloud);
      cloud.databases.put(database.id, { ...database, maintenance_window: await input(c, window) });
      return noContent(c);
    },
  ),
];

/** The cluster that the path names, or 404. */
export const databaseOf = (c: Context, cloud: Cloud): Database =>
  found(cloud.databases.get(param(c, "database_id")));

/** A password like the vendor's. */
export const newPassword = (): string => `AVNS_${randomBytes(14).toString("base64url").slice(0, 19)}`;

/** Passwords are shown to tokens that may see credentials, and to the full-access one. */
export const seesPasswords = (c: Context): boolean => allows(c, "database:view_credentials");

function create(cloud: Cloud, asked: z.infer<typeof creation>): Database {
  const { name, engine, version, size, region, num_nodes } = asked;
  if (engine !== "pg")
    throw new ApiError("not_implemented", `The sandbox serves Postgres only, not "${engine}".`);
  if (!isRegion(region)) throw invalid("invalid region");
  refuseVersion(version);
  const storage_size_mib = asked.storage_size_mib || diskMib(size);
  if (storage_size_mib < diskMib(size)) throw invalid("invalid storage size");
  const vpc = asked.private_network_uuid
    ? cloud.vpcs.get(asked.private_network_uuid)
    : defaultVpc(cloud, region);
  if (vpc?.region !== region) throw invalid("invalid private network: it must be in the cluster's region");
  if (cloud.databases.find((one) => one.name === name)) throw invalid("cluster name is not available");
  const id = cloud.uuid();
  assignToDefault(cloud, `do:dbaas:${id}`, asked.project_id ?? undefined);
  return cloud.databases.put(id, {
    id,
    name,
    version,
    size,
    region,
    num_nodes,
    storage_size_mib,
    private_network_uuid: vpc.id,
    tags: ensureTags(cloud, asked.tags ?? []),
    maintenance_window: { day: "sunday", hour: "04:00:00" },
    busy: "creating",
    due_at: cloud.in(cloud.settle.databaseMs),
    created_at: cloud.timestamp(),
    dbs: ["defaultdb"],
    users: [{ name: "doadmin", role: "primary", password: newPassword() }],
    pools: [],
    rules: [],
  });
}

/** The smallest disk of a size; 422 for a size that is none. */
function diskMib(slug: string): number {
  if (!Object.hasOwn(databaseSizes, slug)) throw invalid("invalid size");
  return databaseSizes[slug as keyof typeof databaseSizes].diskGb * 1024;
}

function refuseVersion(version: string): void {
  if (!databaseVersions.some((one) => one === version)) throw invalid("invalid engine version");
}

function begin(cloud: Cloud, database: Database, busy: Database["busy"], change: Partial<Database>): void {
  if (!cloud.isPast(database.due_at))
    throw invalid("cluster is not online: wait until its current operation ends");
  cloud.databases.put(database.id, {
    ...database,
    ...change,
    busy,
    due_at: cloud.in(cloud.settle.databaseMs),
  });
}

function show(c: Context, cloud: Cloud, database: Database) {
  const status = cloud.isPast(database.due_at) ? "online" : database.busy;
  return showDatabase(database, status, projectOf(cloud, `do:dbaas:${database.id}`), seesPasswords(c));
}
