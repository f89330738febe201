import { omit } from "./operation.ts";
import type { Database } from "./service-rows.ts";

/** How a client reaches a cluster, over the internet or (`private`) inside its VPC; pools listen one port higher. */
export interface Target {
  database: string;
  user: string;
  password: string;
  port: number;
  private: boolean;
}

/** A connection as the vendor shows it; without the right to see credentials the password is left out everywhere. */
function connection({ name }: Database, target: Target, withPassword: boolean) {
  const host = `${target.private ? "private-" : ""}${name}-do-user-258992-0.k.db.ondigitalocean.com`;
  const { database, user, port } = target;
  const login = withPassword ? `${user}:${encodeURIComponent(target.password)}` : user;
  return {
    protocol: "postgresql",
    uri: `postgresql://${login}@${host}:${port}/${database}?sslmode=require`,
    database,
    host,
    port,
    user,
    password: withPassword ? target.password : "",
    ssl: true,
  };
}

/** A user as the vendor shows it. */
export const showUser = ({ name, role, password }: Database["users"][number], withPassword: boolean) => ({
  name,
  role,
  password: withPassword ? password : "",
});

/** A pool: a connection of its own, as the user that it was made for, or as the administrator. */
export function showPool(database: Database, pool: Database["pools"][number], withPassword: boolean) {
  const user = database.users.find((one) => one.name === pool.user) ?? database.users[0];
  const target = {
    database: pool.name,
    user: user?.name ?? "",
    password: user?.password ?? "",
    port: 25_061,
  };
  return {
    ...pool,
    user: pool.user ?? "",
    connection: connection(database, { ...target, private: false }, withPassword),
    private_connection: connection(database, { ...target, private: true }, withPassword),
  };
}

/** A cluster as the vendor shows it. */
export function showDatabase(database: Database, status: string, project_id: string, withPassword: boolean) {
  const { users, rules, dbs } = database;
  const [admin] = users;
  const target = {
    database: "defaultdb",
    user: admin?.name ?? "",
    password: admin?.password ?? "",
    port: 25_060,
  };
  return {
    ...omit(database, "pools", "busy", "due_at", "dbs"),
    engine: "pg",
    semantic_version: `${database.version}.1`,
    status,
    project_id,
    db_names: dbs,
    users: users.map((one) => showUser(one, withPassword)),
    rules: showRules(database.id, rules),
    connection: connection(database, { ...target, private: false }, withPassword),
    private_connection: connection(database, { ...target, private: true }, withPassword),
    maintenance_window: { ...database.maintenance_window, pending: false, description: [] },
  };
}

export const showRules = (cluster_uuid: string, rules: Database["rules"]) =>
  rules.map((rule) => ({ ...rule, cluster_uuid }));
