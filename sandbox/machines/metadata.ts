import { getConnInfo } from "@hono/node-server/conninfo";
import { type Context, Hono } from "hono";
import type { Cloud } from "../digitalocean/cloud.ts";
import type { Droplet } from "../digitalocean/rows.ts";

/**
 * What a droplet may ask about itself at 169.254.169.254, without a password, as every process of it may: its user data too.
 * It is known by the address that it asks from.
 *
 * @see https://docs.digitalocean.com/reference/api/metadata/
 */
export function metadata(cloud: Cloud): Hono {
  const app = new Hono();
  const asked = (c: Context): Droplet | undefined => {
    const { address } = getConnInfo(c).remote;
    return cloud.droplets.find((one) => one.public_ipv4 === address);
  };
  app.get("/metadata/v1.json", (c) => {
    const droplet = asked(c);
    return droplet ? c.json(document(cloud, droplet)) : c.text("not found", 404);
  });
  app.get("/metadata/v1/:path{.*}", (c) => {
    const droplet = asked(c);
    if (!droplet) return c.text("not found", 404);
    const value = at(document(cloud, droplet), c.req.param("path"));
    return value === undefined ? c.text("not found", 404) : c.text(value);
  });
  return app;
}

function document(cloud: Cloud, droplet: Droplet) {
  const reserved = cloud.reservedIps.find((one) => one.droplet === droplet.id);
  const keys = droplet.ssh_keys.map((id) => cloud.sshKeys.get(id)?.public_key ?? "");
  return {
    droplet_id: droplet.id,
    hostname: droplet.name,
    region: droplet.region,
    vendor_data: "",
    user_data: droplet.user_data,
    public_keys: keys,
    tags: droplet.tags,
    interfaces: {
      public: [{ ipv4: { ip_address: droplet.public_ipv4 } }],
      private: [{ ipv4: { ip_address: droplet.private_ipv4 } }],
    },
    reserved_ip: {
      ipv4: { active: String(reserved !== undefined), ...(reserved && { ip_address: reserved.ip }) },
    },
  };
}

type Shown = Record<string, unknown>;

/** The older form, one value a path: names with dashes, an index as a list of names. */
function at(whole: Shown, path: string): string | undefined {
  let value: unknown = { ...whole, id: whole["droplet_id"], user_data: whole["user_data"] };
  for (const part of path.split("/").filter(Boolean)) {
    if (typeof value !== "object" || value === null) return undefined;
    const key = part.replaceAll("-", "_");
    value = (value as Shown)[key === "address" ? "ip_address" : key];
  }
  if (value === undefined || value === null) return undefined;
  if (Array.isArray(value)) return (value.every(isText) ? value : value.map((_, n) => `${n}/`)).join("\n");
  if (typeof value === "object") return Object.keys(value).join("\n").replaceAll("_", "-");
  return isText(value) ? value : JSON.stringify(value);
}

const isText = (value: unknown): value is string => typeof value === "string";
