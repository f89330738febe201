import type { Context } from "hono";
import { z } from "zod";
import { databaseSizes } from "../../catalog/database-sizes.ts";
import type { Cloud } from "./cloud.ts";
import { databaseOf, newPassword, seesPasswords } from "./databases.ts";
import { ApiError, found, invalid } from "./errors.ts";
import { input, noContent, operation, page, param } from "./operation.ts";
import type { Operation } from "./operation.ts";
import type { Database } from "./service-rows.ts";
import { showPool, showRules, showUser } from "./show-database.ts";

const name = z.string("name is required").min(1, "name is required").max(63, "must be at most 63 characters");
const address = z.union([z.ipv4(), z.cidrv4(), z.ipv6(), z.cidrv6()]);
const rule = z.object({
  uuid: z.string().optional(),
  type: z.enum(["droplet", "k8s", "ip_addr", "tag", "app"]),
  value: z.string("value is required").min(1, "value is required"),
});
const poolSize = z.object({
  mode: z.enum(["transaction", "session", "statement"], "must be transaction, session or statement"),
  size: z.number().int().min(1),
  db: z.string("db is required"),
  user: z.string().nullish(),
});
const pool = poolSize.extend({
  name: z.string("name is required").regex(/^.{3,60}$/, "must be between 3 and 60 characters"),
});

/** What is inside a cluster: databases, users, connection pools, and who may connect. */
export const databaseParts = (cloud: Cloud): Operation[] => [
  operation("databases_list", "GET /v2/databases/:database_id/dbs", "database:read", (c) =>
    page(
      c,
      "dbs",
      databaseOf(c, cloud).dbs.map((name) => ({ name })),
    ),
  ),
  operation("databases_add", "POST /v2/databases/:database_id/dbs", "database:create", async (c) => {
    const database = online(c, cloud);
    const db = await input(c, z.object({ name }));
    if (database.dbs.includes(db.name)) throw new ApiError("conflict", "database name is not available");
    cloud.databases.put(database.id, { ...database, dbs: [...database.dbs, db.name] });
    return c.json({ db }, 201);
  }),
  operation("databases_get", "GET /v2/databases/:database_id/dbs/:name", "database:read", (c) =>
    c.json({ db: { name: found(databaseOf(c, cloud).dbs.find(named(c))) } }),
  ),
  operation("databases_delete", "DELETE /v2/databases/:database_id/dbs/:name", "database:delete", (c) => {
    const database = databaseOf(c, cloud);
    const name = found(database.dbs.find(named(c)));
    cloud.databases.put(database.id, { ...database, dbs: database.dbs.filter((one) => one !== name) });
    return noContent(c);
  }),

  operation("databases_list_users", "GET /v2/databases/:database_id/users", "database:read", (c) =>
    page(
      c,
      "users",
      databaseOf(c, cloud).users.map((one) => showUser(one, seesPasswords(c))),
    ),
  ),
  operation("databases_add_user", "POST /v2/databases/:database_id/users", "database:create", async (c) => {
    const database = online(c, cloud);
    const asked = await input(c, z.object({ name }));
    if (database.users.some((one) => one.name === asked.name))
      throw new ApiError("conflict", "user name is not available");
    const user = { name: asked.name, role: "normal" as const, password: newPassword() };
    cloud.databases.put(database.id, { ...database, users: [...database.users, user] });
    return c.json({ user: showUser(user, seesPasswords(c)) }, 201);
  }),
  operation("databases_get_user", "GET /v2/databases/:database_id/users/:name", "database:read", (c) =>
    c.json({ user: showUser(found(databaseOf(c, cloud).users.find(byName(c))), seesPasswords(c)) }),
  ),
  operation(
    "databases_reset_auth",
    "POST /v2/databases/:database_id/users/:name/reset_auth",
    "database:update",
    (c) => {
      const database = databaseOf(c, cloud);
      const user = { ...found(database.users.find(byName(c))), password: newPassword() };
      cloud.databases.put(database.id, {
        ...database,
        users: database.users.map((one) => (one.name === user.name ? user : one)),
      });
      return c.json({ user: showUser(user, seesPasswords(c)) });
    },
  ),
  operation(
    "databases_delete_user",
    "DELETE /v2/databases/:database_id/users/:name",
    "database:delete",
    (c) => {
      const database = databaseOf(c, cloud);
      const user = found(database.users.find(byName(c)));
      if (user.role === "primary") throw invalid("the primary user cannot be deleted");
      cloud.databases.put(database.id, {
        ...database,
        users: database.users.filter((one) => one.name !== user.name),
      });
      return noContent(c);
    },
  ),

  operation(
    "databases_list_connectionPools",
    "GET /v2/databases/:database_id/pools",
    "database:read",
    (c) => {
      const database = databaseOf(c, cloud);
      return page(
        c,
        "pools",
        database.pools.map((one) => showPool(database, one, seesPasswords(c))),
      );
    },
  ),
  operation(
    "databases_add_connectionPool",
    "POST /v2/databases/:database_id/pools",
    "database:create",
    async (c) => {
      const database = online(c, cloud);
      const asked = await input(c, pool);
      if (database.pools.some((one) => one.name === asked.name))
        throw new ApiError("conflict", "pool name is not available");
      const made = { ...asked, user: asked.user ?? null };
      putPools(cloud, database, [...database.pools, made]);
      return c.json({ pool: showPool(database, made, seesPasswords(c)) }, 201);
    },
  ),
  operation(
    "databases_get_connectionPool",
    "GET /v2/databases/:database_id/pools/:name",
    "database:read",
    (c) => {
      const database = databaseOf(c, cloud);
      return c.json({ pool: showPool(database, found(database.pools.find(byName(c))), seesPasswords(c)) });
    },
  ),
  operation(
    "databases_update_connectionPool",
    "PUT /v2/databases/:database_id/pools/:name",
    "database:update",
    async (c) => {
      const database = online(c, cloud);
      const { name, user } = found(database.pools.find(byName(c)));
      const asked = await input(c, poolSize);
      const edited = { ...asked, name, user: asked.user ?? user };
      putPools(
        cloud,
        database,
        database.pools.map((one) => (one.name === name ? edited : one)),
      );
      return noContent(c);
    },
  ),
  operation(
    "databases_delete_connectionPool",
    "DELETE /v2/databases/:database_id/pools/:name",
    "database:delete",
    (c) => {
      const database = databaseOf(c, cloud);
      const { name } = found(database.pools.find(byName(c)));
      cloud.databases.put(database.id, {
        ...database,
        pools: database.pools.filter((one) => one.name !== name),
      });
      return noContent(c);
    },
  ),

  operation("databases_list_backups", "GET /v2/databases/:database_id/backups", "database:read", (c) => {
    const database = databaseOf(c, cloud);
    return c.json({
      backups: dailyBackups(database, cloud.isPast(database.due_at) ? cloud.world.now() : undefined),
      scheduled_backup_time: { backup_hour: 0, backup_minute: 0, backup_interval_hours: 24 },
      backup_progress: null,
    });
  }),

  operation(
    "databases_list_firewall_rules",
    "GET /v2/databases/:database_id/firewall",
    "database:read",
    (c) => {
      const { id, rules } = databaseOf(c, cloud);
      return c.json({ rules: showRules(id, rules) });
    },
  ),
  operation(
    "databases_update_firewall_rules",
    "PUT /v2/databases/:database_id/firewall",
    "database:update",
    async (c) => {
      const database = databaseOf(c, cloud);
      const { rules } = await input(c, z.object({ rules: z.array(rule).nullish() }));
      const bad = rules?.find((one) => one.type === "ip_addr" && !address.safeParse(one.value).success);
      if (bad) throw invalid(`invalid IP address "${bad.value}"`);
      const kept = (rules ?? []).map(({ type, value }) => {
        const present = database.rules.find((one) => one.type === type && one.value === value);
        return present ?? { uuid: cloud.uuid(), type, value, created_at: cloud.timestamp() };
      });
      cloud.databases.put(database.id, { ...database, rules: kept });
      return noContent(c);
    },
  ),
];

/** Nothing can be added to a cluster that is still being made. */
function online(c: Context, cloud: Cloud): Database {
  const database = databaseOf(c, cloud);
  if (!cloud.isPast(database.due_at)) throw invalid("cluster is not online: wait until it is");
  return database;
}

const dayMs = 86_400_000;
const backupDays = 7;

/** One as soon as a cluster is online, and one a day; the newest comes first, and seven days are kept. */
function dailyBackups({ created_at }: Database, now: Date | undefined) {
  if (!now) return [];
  const first = Date.parse(created_at);
  const days = Math.floor((now.getTime() - first) / dayMs);
  return Array.from({ length: Math.min(days + 1, backupDays) }, (_, back) => ({
    created_at: `${new Date(first + (days - back) * dayMs).toISOString().slice(0, 19)}Z`,
    size_gigabytes: 0.03,
    incremental: back < days,
  }));
}

const byName = (c: Context) => (one: { name: string }) => one.name === param(c, "name");
const named = (c: Context) => (one: string) => one === param(c, "name");

/** Pools share the connections of the primary node. @see https://docs.digitalocean.com/products/databases/postgresql/how-to/manage-connection-pools/ */
function putPools(cloud: Cloud, database: Database, pools: Database["pools"]): void {
  const most = databaseSizes[database.size as keyof typeof databaseSizes].connections;
  const last = pools.find((one) => !database.dbs.includes(one.db));
  if (last) throw invalid(`database "${last.db}" does not exist`);
  const stranger = pools.find((one) => one.user && !database.users.some((user) => user.name === one.user));
  if (stranger) throw invalid(`user "${stranger.user}" does not exist`);
  if (pools.reduce((sum, one) => sum + one.size, 0) > most)
    throw invalid(`pool size is too large: this cluster has ${most} backend connections for all its pools`);
  cloud.databases.put(database.id, { ...database, pools });
}
