import { randomUUID } from "node:crypto";

import { unlessMissing } from "../protocol/http.ts";
import type { Created, Resource } from "../protocol/plugin.ts";
import { name, number, object, set, text, type Shape } from "../protocol/schema.ts";
import type { Properties } from "../protocol/values.ts";
import { segment, type DigitalOcean } from "./client.ts";
import { withPassword, type DatabaseConnection } from "./database-cluster.ts";

const clusterId = text({ required: true, replaces: true, writeOnly: true });
const partName = name({ replaces: true });

const path = ({ clusterId }: Properties, part: string): string => `/databases/${segment(clusterId)}/${part}`;
const pathOf = (state: Properties, part: string): string => path(state, `${part}/${segment(state["name"])}`);

/** `CLUSTER,NAME`, as the official plugin wants it. */
const clusterAndName =
  (idOf: (cluster: string, name: string) => string) =>
  (id: string): Created => {
    const [clusterId = "", name = ""] = id.split(",");
    return { id: idOf(clusterId, name), state: { clusterId, name } };
  };

const databaseId = (cluster: unknown, name: unknown): string => `${String(cluster)}/database/${String(name)}`;
const userId = (cluster: unknown, name: unknown): string => `${String(cluster)}/user/${String(name)}`;
const poolId = (cluster: unknown, name: unknown): string => `${String(cluster)}/${String(name)}`;

/** A database in a cluster. */
export const databaseDb: Resource<DigitalOcean> = {
  inputs: { clusterId, name: partName },
  importId: clusterAndName(databaseId),
  create: async (api, wanted) => {
    await api.post(path(wanted, "dbs"), { name: wanted["name"] });
    return { id: databaseId(wanted["clusterId"], wanted["name"]) };
  },
  read: async (api, _id, state) => {
    const answer = await unlessMissing(api.get<{ db: { name: string } }>(pathOf(state, "dbs")));
    return answer && { name: answer.db.name };
  },
  delete: async (api, _id, state) => {
    await unlessMissing(api.delete(pathOf(state, "dbs")));
  },
};

/** A user of a cluster. */
export const databaseUser: Resource<DigitalOcean> = {
  inputs: { clusterId, name: partName },
  outputs: ["password", "role"],
  secretOutputs: ["password"],
  importId: clusterAndName(userId),
  create: async (api, wanted) => {
    const { user } = await api.post<{ user: User }>(path(wanted, "users"), { name: wanted["name"] });
    return { id: userId(wanted["clusterId"], wanted["name"]), state: { password: user.password } };
  },
  read: async (api, _id, state) => {
    const answer = await unlessMissing(api.get<{ user: User }>(pathOf(state, "users")));
    if (!answer) return undefined;
    const { name, role, password } = answer.user;
    return { name, role, ...(password && { password }) };
  },
  delete: async (api, _id, state) => {
    await unlessMissing(api.delete(pathOf(state, "users")));
  },
};

/** Who may reach a cluster: the whole list, which is emptied by deleting it. */
export const databaseFirewall: Resource<DigitalOcean> = {
  inputs: {
    clusterId,
    rules: set(
      object({
        type: text({ required: true, oneOf: ["ip_addr", "droplet", "k8s", "tag", "app"] }),
        value: text({ required: true, min: 1 }),
        uuid: text({ computed: true }),
        createdAt: text({ computed: true }),
      }),
      { required: true },
    ),
  },
  importId: (id) => ({ id: firewallId(id), state: { clusterId: id } }),
  create: async (api, wanted) => {
    await setRules(api, wanted);
    return { id: firewallId(wanted["clusterId"]) };
  },
  read: async (api, _id, state) => {
    const answer = await unlessMissing(api.get<{ rules: Rule[] | null }>(path(state, "firewall")));
    return (
      answer && {
        rules: (answer.rules ?? []).map(({ created_at, ...rule }) => ({ ...rule, createdAt: created_at })),
      }
    );
  },
  update: (api, { inputs }) => setRules(api, inputs),
  delete: async (api, _id, state) => {
    await unlessMissing(setRules(api, { ...state, rules: [] }));
  },
};

const firewallId = (cluster: unknown): string => `${String(cluster)}-${randomUUID()}`;

async function setRules(api: DigitalOcean, wanted: Properties): Promise<void> {
  const rules = (wanted["rules"] as Properties[]).map(({ type, value }) => ({ type, value }));
  await api.put(path(wanted, "firewall"), { rules });
}

const poolInputs: Shape = {
  clusterId,
  name: name({ replaces: true, min: 3, max: 63 }),
  user: text({ replaces: true }),
  mode: text({ required: true, replaces: true, oneOf: ["session", "transaction", "statement"] }),
  size: number({ required: true, replaces: true }),
  dbName: text({ required: true, replaces: true, api: "db" }),
};

/** A pool of connections to a cluster. */
export const databaseConnectionPool: Resource<DigitalOcean> = {
  inputs: poolInputs,
  outputs: ["host", "password", "port", "privateHost", "privateUri", "uri"],
  secretOutputs: ["password", "privateUri", "uri"],
  importId: clusterAndName(poolId),
  create: async (api, wanted) => {
    const { pool } = await api.post<{ pool: Pool }>(path(wanted, "pools"), {
      name: wanted["name"],
      user: wanted["user"],
      size: wanted["size"],
      db: wanted["dbName"],
      mode: wanted["mode"],
    });
    return { id: poolId(wanted["clusterId"], wanted["name"]), state: poolAccess(pool, {}) };
  },
  read: async (api, _id, state) => {
    const answer = await unlessMissing(api.get<{ pool: Pool }>(pathOf(state, "pools")));
    if (!answer) return undefined;
    const { name, user, mode, size, db } = answer.pool;
    return { name, user, mode, size, dbName: db, ...poolAccess(answer.pool, state) };
  },
  delete: async (api, _id, state) => {
    await unlessMissing(api.delete(pathOf(state, "pools")));
  },
};

function poolAccess({ connection, private_connection }: Pool, known: Properties): Properties {
  if (!connection) return {};
  const password = connection.password || known["password"];
  return {
    host: connection.host,
    port: connection.port,
    password,
    uri: withPassword(connection.uri, password),
    ...(private_connection && {
      privateHost: private_connection.host,
      privateUri: withPassword(private_connection.uri, password),
    }),
  };
}

interface User {
  readonly name: string;
  readonly role: string;
  readonly password?: string;
}

interface Rule {
  readonly uuid: string;
  readonly type: string;
  readonly value: string;
  readonly created_at: string;
}

interface Pool {
  readonly name: string;
  readonly user: string;
  readonly mode: string;
  readonly size: number;
  readonly db: string;
  readonly connection?: DatabaseConnection | null;
  readonly private_connection?: DatabaseConnection | null;
}
