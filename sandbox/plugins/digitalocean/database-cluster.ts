import { unlessMissing } from "../protocol/http.ts";
import type { Resource } from "../protocol/plugin.ts";
import { ignoringCase, list, name, number, object, text, type Shape } from "../protocol/schema.ts";
import type { Properties } from "../protocol/values.ts";
import { segment, type DigitalOcean } from "./client.ts";
import { tags, updateTags } from "./tags.ts";

/** `13:00` is answered as `13:00:00`. */
const sameMinute = (old: unknown, now: unknown): boolean =>
  String(old).slice(0, 5) === String(now).slice(0, 5);

const inputs: Shape = {
  name: name({ replaces: true }),
  engine: text({ required: true, replaces: true }),
  version: text(),
  size: text({ required: true }),
  region: text({ required: true, same: ignoringCase }),
  nodeCount: number({ required: true }),
  maintenanceWindows: list(
    object({
      day: text({ required: true, same: ignoringCase }),
      hour: text({ required: true, same: sameMinute }),
    }),
  ),
  privateNetworkUuid: text({ replaces: true, computed: true }),
  projectId: text({ replaces: true, computed: true }),
  storageSizeMib: text({ computed: true }),
  tags,
};

/** https://docs.digitalocean.com/reference/api/digitalocean/#tag/Databases */
export const databaseCluster: Resource<DigitalOcean> = {
  inputs,
  outputs: [
    "clusterUrn",
    "database",
    "host",
    "metricsEndpoints",
    "password",
    "port",
    "privateHost",
    "privateUri",
    "uri",
    "user",
  ],
  secretOutputs: ["password", "privateUri", "uri"],
  validate: ({ version }) =>
    version === undefined
      ? [{ property: "version", reason: 'The argument "version" is required, but no definition was found.' }]
      : [],
  create: async (api, wanted) => {
    const { database } = await api.post<Answer>("/databases", {
      name: wanted["name"],
      engine: wanted["engine"],
      version: wanted["version"],
      size: wanted["size"],
      region: wanted["region"],
      num_nodes: wanted["nodeCount"],
      private_network_uuid: wanted["privateNetworkUuid"],
      project_id: wanted["projectId"],
      storage_size_mib: storage(wanted),
      tags: wanted["tags"] ?? [],
    });
    // The answer to the create may be the only one that shows the password (read-only tokens see none later).
    return { id: database.id, state: access(database, {}) };
  },
  settle: async (api, id, wanted) => {
    await online(api, id);
    await setMaintenance(api, id, wanted);
  },
  read: async (api, id, state) => {
    const answer = await unlessMissing(api.get<Answer>(`/databases/${segment(id)}`));
    return answer && { ...stateOf(answer.database), ...access(answer.database, state) };
  },
  update: async (api, change) => {
    const { id, inputs, changed } = change;
    const path = `/databases/${segment(id)}`;
    if (changed.has("size") || changed.has("nodeCount") || changed.has("storageSizeMib")) {
      const size = {
        size: inputs["size"],
        num_nodes: inputs["nodeCount"],
        storage_size_mib: storage(inputs),
      };
      await api.put(`${path}/resize`, size);
      await online(api, id);
    }
    if (changed.has("region")) {
      await api.put(`${path}/migrate`, { region: inputs["region"] });
      await online(api, id);
    }
    if (changed.has("maintenanceWindows")) await setMaintenance(api, id, inputs);
    if (changed.has("version")) await api.put(`${path}/upgrade`, { version: inputs["version"] });
    if (changed.has("tags")) await updateTags(api, "database", change);
  },
  delete: async (api, id) => {
    await unlessMissing(api.delete(`/databases/${segment(id)}`));
  },
};

const storage = ({ storageSizeMib }: Properties): number | undefined =>
  storageSizeMib === undefined ? undefined : Number(storageSizeMib);

async function online(api: DigitalOcean, id: string): Promise<void> {
  await api.until(`database cluster ${id} is online`, async () => {
    const answer = await unlessMissing(api.get<Answer>(`/databases/${segment(id)}`));
    return answer?.database.status === "online" ? true : undefined;
  });
}

async function setMaintenance(
  api: DigitalOcean,
  id: string,
  { maintenanceWindows }: Properties,
): Promise<void> {
  const [window] = (maintenanceWindows as Properties[] | undefined) ?? [];
  if (window)
    await api.put(`/databases/${segment(id)}/maintenance`, { day: window["day"], hour: window["hour"] });
}

const stateOf = (database: Database): Properties => ({
  name: database.name,
  engine: database.engine,
  version: database.version,
  size: database.size,
  region: database.region,
  nodeCount: database.num_nodes,
  tags: database.tags ?? [],
  privateNetworkUuid: database.private_network_uuid,
  projectId: database.project_id,
  storageSizeMib: database.storage_size_mib === undefined ? undefined : String(database.storage_size_mib),
  clusterUrn: `do:dbaas:${database.id}`,
  metricsEndpoints: (database.metrics_endpoints ?? []).map(({ host, port }) => `${host}:${port}`),
  ...(database.maintenance_window && {
    maintenanceWindows: [{ day: database.maintenance_window.day, hour: database.maintenance_window.hour }],
  }),
});

/** How to reach it. Where the answer hides the password, the known one stays. */
function access({ connection, private_connection }: Database, known: Properties): Properties {
  if (!connection) return {};
  const password = connection.password || known["password"];
  return {
    host: connection.host,
    port: connection.port,
    database: connection.database,
    user: connection.user,
    password,
    uri: withPassword(connection.uri, password),
    ...(private_connection && {
      privateHost: private_connection.host,
      privateUri: withPassword(private_connection.uri, password),
    }),
  };
}

export function withPassword(uri: string, password: unknown): string {
  if (typeof password !== "string" || !URL.canParse(uri)) return uri;
  const url = new URL(uri);
  url.password = password;
  return url.href;
}

interface Answer {
  readonly database: Database;
}

interface Database {
  readonly id: string;
  readonly name: string;
  readonly engine: string;
  readonly version: string;
  readonly size: string;
  readonly region: string;
  readonly status: string;
  readonly num_nodes: number;
  readonly tags: string[] | null;
  readonly private_network_uuid?: string;
  readonly project_id?: string;
  readonly storage_size_mib?: number;
  readonly maintenance_window?: { day: string; hour: string } | null;
  readonly metrics_endpoints?: { host: string; port: number }[] | null;
  readonly connection?: DatabaseConnection | null;
  readonly private_connection?: DatabaseConnection | null;
}

export interface DatabaseConnection {
  readonly uri: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password?: string;
  readonly database: string;
}
