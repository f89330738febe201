import * as pulumi from "@pulumi/pulumi";

/** A resource as the program declared it. */
export interface Declared {
  type: string;
  name: string;
  inputs: Record<string, unknown>;
}

const known: Record<string, Record<string, unknown>> = {
  "digitalocean:index/droplet:Droplet": { dropletUrn: "do:droplet:1001" },
  "digitalocean:index/volume:Volume": { volumeUrn: "do:volume:v-1" },
  "digitalocean:index/reservedIp:ReservedIp": { ipAddress: "203.0.113.10" },
  "digitalocean:index/sshKey:SshKey": { fingerprint: "aa:bb" },
  "digitalocean:index/app:App": { defaultIngress: "https://odoo-x.ondigitalocean.app", appUrn: "do:app:a-1" },
  "digitalocean:index/spacesKey:SpacesKey": { accessKey: "key", secretKey: "not-a-secret" },
  // What first contact answers; the others answer nothing.
  "command:remote:Command": { stdout: `ssh-ed25519 AAAA${"B".repeat(64)}` },
  "digitalocean:index/databaseUser:DatabaseUser": { password: "not-a-secret" },
  "digitalocean:index/databaseCluster:DatabaseCluster": { privateHost: "db.internal", port: 25060 },
};

/** Runs a program against Pulumi's mocks and returns what it declared and what it returned. */
export async function declare<T>(program: () => T): Promise<{ resources: Declared[]; result: T }> {
  const resources: Declared[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        resources.push({ type, name, inputs: unwrapped(inputs) as Record<string, unknown> });
        return {
          id: type.endsWith(":Droplet") ? "1001" : `${name}-id`,
          state: { ...inputs, ...known[type] },
        };
      },
      call: ({ token, inputs }) => {
        if (token === "github:index/getRepository:getRepository") {
          return { name: (inputs as { fullName: string }).fullName.split("/")[1] };
        }
        if (token === "github:index/getUser:getUser") return { id: "7" };
        throw new Error(`the mocks do not know ${token}`);
      },
    },
    "odoo-platform",
    "test",
  );
  const result = program();
  await settled();
  return { resources, result };
}

/** Waits until every resource is registered, also those that wait for the outputs of others. */
async function settled(): Promise<void> {
  await pulumi.runtime.disconnect();
}

// What Pulumi wraps a secret in on its way to the engine.
const signature = "4dabf18193072939515e22adb298388d";

function unwrapped(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unwrapped);
  if (typeof value !== "object" || value === null) return value;
  if (signature in value) return unwrapped((value as unknown as { value: unknown }).value);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, unwrapped(inner)]));
}
