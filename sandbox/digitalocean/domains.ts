import type { Context } from "hono";
import { z } from "zod";
import { isIpv4 } from "./addresses.ts";
import type { Cloud } from "./cloud.ts";
import { found, invalid } from "./errors.ts";
import { input, noContent, operation, page, param } from "./operation.ts";
import type { Operation } from "./operation.ts";
import { addRecord, nameServers } from "./domain-records.ts";
import { assignToDefault, release } from "./projects.ts";
import type { Domain } from "./rows.ts";

const domainName = /^(?=.{1,253}$)([a-z0-9_]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/;

export const domains = (cloud: Cloud): Operation[] => [
  operation("domains_list", "GET /v2/domains", "domain:read", (c) =>
    page(
      c,
      "domains",
      cloud.domains.list().map((one) => show(cloud, one)),
    ),
  ),

  operation("domains_create", "POST /v2/domains", "domain:create", async (c) => {
    const { name, ip_address } = await input(
      c,
      z.object({ name: z.string("Name can't be blank"), ip_address: z.string().optional() }),
    );
    if (!domainName.test(name)) throw invalid("The name is not a valid domain name");
    if (cloud.domains.get(name)) throw invalid(`domain '${name}': name already exists`);
    if (ip_address && !isIpv4(ip_address)) throw invalid("IP address is invalid");
    const domain = cloud.domains.put(name, { name, ttl: 1800 });
    for (const server of nameServers) addRecord(cloud, name, { type: "NS", name: "@", data: server });
    if (ip_address) addRecord(cloud, name, { type: "A", name: "@", data: ip_address });
    assignToDefault(cloud, `do:domain:${name}`);
    // The vendor's answer to a creation has neither yet.
    return c.json({ domain: { ...domain, ttl: null, zone_file: null } }, 201);
  }),

  operation("domains_get", "GET /v2/domains/:domain", "domain:read", (c) =>
    c.json({ domain: show(cloud, domainOf(c, cloud)) }),
  ),

  operation("domains_delete", "DELETE /v2/domains/:domain", "domain:delete", (c) => {
    const { name } = domainOf(c, cloud);
    cloud.domains.delete(name);
    for (const record of cloud.records.list((one) => one.domain === name)) cloud.records.delete(record.id);
    release(cloud, `do:domain:${name}`);
    return noContent(c);
  }),
];

const domainOf = (c: Context, cloud: Cloud): Domain => found(cloud.domains.get(param(c, "domain")));

function show(cloud: Cloud, { name, ttl }: Domain) {
  const records = cloud.records.list((one) => one.domain === name);
  const lines = records.map((one) => {
    const host = one.name === "@" ? `${name}.` : `${one.name}.${name}.`;
    const numbers = [one.flags, one.tag, one.priority, one.weight, one.port].filter((part) => part !== null);
    return [host, one.ttl, "IN", one.type, ...numbers, one.data].join(" ");
  });
  return { name, ttl, zone_file: `$ORIGIN ${name}.\n$TTL ${ttl}\n${lines.join("\n")}\n` };
}
