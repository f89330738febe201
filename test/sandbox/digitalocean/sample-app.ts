import { at, list } from "./account.ts";
import type { Account, Json } from "./account.ts";

const image = (tag: string) => ({ registry_type: "GHCR", registry: "acme", repository: "odoo", tag });
/** A small spec; the fields given replace its own. */
export const spec = (tag = "1", fields: object = {}) => ({
  name: "erp",
  region: "sgp",
  services: [{ name: "web", http_port: 8069, instance_size_slug: "apps-s-1vcpu-1gb", image: image(tag) }],
  jobs: [{ name: "migrate", kind: "PRE_DEPLOY", image: image(tag) }],
  ...fields,
});
/** One sealed and one plain variable. */
export const secret = (value: string) => ({
  envs: [
    { key: "DB", value, type: "SECRET" },
    { key: "PLAIN", value: "1" },
  ],
});

/** An app that is up; its path. */
export async function create(account: Account, body: object = spec()): Promise<string> {
  const { id } = at(await account.must("POST /apps", { spec: body }), "app");
  account.wait();
  return `/apps/${String(id)}`;
}
/** The newest first. */
export const deployments = async (account: Account, path: string): Promise<Json[]> =>
  list(await account.must(`GET ${path}/deployments?per_page=20`), "deployments");
