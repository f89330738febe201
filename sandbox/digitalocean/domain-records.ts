import type { Context } from "hono";
import { isIPv6 } from "node:net";
import { z } from "zod";
import { isIpv4 } from "./addresses.ts";
import type { Cloud } from "./cloud.ts";
import { found, invalid } from "./errors.ts";
import { input, noContent, numberParam, omit, operation, page, param } from "./operation.ts";
import type { Operation } from "./operation.ts";
import type { DomainRecord } from "./rows.ts";

export const nameServers = ["ns1.digitalocean.com.", "ns2.digitalocean.com.", "ns3.digitalocean.com."];

const number = z.number().int().min(0).max(65_535).nullish();
const facts = z.object({
  type: z.enum(["A", "AAAA", "CAA", "CNAME", "MX", "NS", "SRV", "TXT"], "Type is not included in the list"),
  name: z.string().optional(),
  data: z.string("Data can't be blank").min(1, "Data can't be blank"),
  priority: number,
  port: number,
  weight: number,
  ttl: z.number().int().min(0).nullish(),
  flags: z.number().int().min(0).max(255).nullish(),
  tag: z.enum(["", "issue", "issuewild", "iodef"]).nullish(),
});
type Facts = Pick<z.infer<typeof facts>, "type" | "data"> & Partial<z.infer<typeof facts>>;

export const domainRecords = (cloud: Cloud): Operation[] => [
  operation("domains_list_records", "GET /v2/domains/:domain/records", "domain:read", (c) => {
    const domain = nameOf(c, cloud);
    const [type, name] = [c.req.query("type"), c.req.query("name")];
    const list = cloud.records.list(
      (one) => one.domain === domain && (!type || one.type === type) && (!name || fullName(one) === name),
    );
    return page(c, "domain_records", list.map(show));
  }),

  operation("domains_create_record", "POST /v2/domains/:domain/records", "domain:create", async (c) => {
    const domain = nameOf(c, cloud);
    const asked = await input(c, facts);
    check(cloud, domain, asked);
    return c.json({ domain_record: show(addRecord(cloud, domain, asked)) }, 201);
  }),

  operation("domains_get_record", "GET /v2/domains/:domain/records/:record_id", "domain:read", (c) =>
    c.json({ domain_record: show(recordOf(c, cloud)) }),
  ),

  operation("domains_update_record", "PUT /v2/domains/:domain/records/:record_id", "domain:update", (c) =>
    edit(c, cloud),
  ),
  operation("domains_patch_record", "PATCH /v2/domains/:domain/records/:record_id", "domain:update", (c) =>
    edit(c, cloud),
  ),

  operation(
    "domains_delete_record",
    "DELETE /v2/domains/:domain/records/:record_id",
    "domain:delete",
    (c) => {
      cloud.records.delete(recordOf(c, cloud).id);
      return noContent(c);
    },
  ),
];

/** Writes a record that was checked, or that the vendor makes by itself. */
export function addRecord(cloud: Cloud, domain: string, asked: Facts): DomainRecord {
  const id = cloud.nextId();
  return cloud.records.put(id, row(id, domain, asked));
}

async function edit(c: Context, cloud: Cloud): Promise<Response> {
  const present = recordOf(c, cloud);
  const { id, domain, ...old } = present;
  // Both verbs leave alone what is not sent; the Terraform plugin's PUT leaves out the type.
  const sent = await input(c, facts.partial());
  const asked = facts.parse({ ...old, ...defined(sent) });
  check(cloud, domain, asked, id);
  return c.json({ domain_record: show(cloud.records.put(id, row(id, domain, asked))) });
}

const defined = (fields: object) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

const needsDot = (type: string): boolean => ["CAA", "CNAME", "MX", "NS", "SRV"].includes(type);

/** The vendor's rules, in its sentences. */
function check(cloud: Cloud, domain: string, { type, name = "@", data }: Facts, id?: number): void {
  if (type === "A" && !isIpv4(data))
    throw invalid("IP address did not match IPv4 format (e.g. 255.255.255.255).");
  if (type === "AAAA" && !isIPv6(data))
    throw invalid("IP address did not match IPv6 format (e.g. 2001:db8::ff00:42:8329).");
  if (needsDot(type) && data !== "@" && !data.endsWith("."))
    throw invalid("Data needs to end with a dot (.)");
  const same = cloud.records.list((one) => one.domain === domain && one.name === name && one.id !== id);
  if (type === "CNAME" ? same.length > 0 : same.some((one) => one.type === "CNAME"))
    throw invalid("CNAME records cannot share a name with other records");
}

/** Numbers that a type does not have are sent as 0 by clients and kept as null. */
function row(id: number, domain: string, asked: Facts): DomainRecord {
  const { type } = asked;
  const only = <T>(types: string, value: T | null | undefined): T | null =>
    types.split(" ").includes(type) ? (value ?? null) : null;
  return {
    id,
    domain,
    type,
    name: asked.name ?? "@",
    data: asked.data,
    priority: only("MX SRV", asked.priority),
    port: only("SRV", asked.port),
    ttl: asked.ttl || 1800,
    weight: only("SRV", asked.weight),
    flags: only("CAA", asked.flags),
    tag: only("CAA", asked.tag),
  };
}

function nameOf(c: Context, cloud: Cloud): string {
  return found(cloud.domains.get(param(c, "domain"))).name;
}

function recordOf(c: Context, cloud: Cloud): DomainRecord {
  const record = cloud.records.get(numberParam(c, "record_id"));
  return found(record?.domain === nameOf(c, cloud) ? record : undefined);
}

const fullName = ({ name, domain }: DomainRecord): string => (name === "@" ? domain : `${name}.${domain}`);

/** The dot at the end of a host is asked for and never answered: https://docs.digitalocean.com/reference/api/digitalocean/#tag/Domain-Records */
const show = (record: DomainRecord) => ({
  ...omit(record, "domain"),
  data: needsDot(record.type) ? record.data.replace(/(?<=.)\.$/, "") : record.data,
});
