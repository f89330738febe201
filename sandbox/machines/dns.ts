import { getServers } from "node:dns";
import { type DnsServer, Packet, UDPClient, createServer } from "dns2";
import type { Cloud } from "../digitalocean/cloud.ts";
import type { DomainRecord } from "../digitalocean/rows.ts";

export interface DnsOptions {
  address: string;
  port: number;
  /** Names outside the account's zones, to addresses. */
  hosts: Readonly<Record<string, string>>;
  /** Domains of which every name has this address. */
  domains?: Readonly<Record<string, string>>;
}

type Answer = Record<string, unknown>;

/**
 * A DNS server, by UDP and TCP, for the machines and the ACME server: the zones of the emulated account as they are at this
 * moment, a few names of the sandbox's own, and for all others what this computer's resolver says.
 *
 * @returns ends it
 */
export async function startDns(
  cloud: Cloud,
  { address, port, hosts, domains = {} }: DnsOptions,
): Promise<() => Promise<void>> {
  const server: DnsServer = createServer({
    udp: true,
    tcp: true,
    handle: (request, send) =>
      void answer(cloud, { hosts, domains }, request).then(send, () => send(failed(request))),
  });
  await server.listen({ udp: { port, address }, tcp: { port, address } });
  return () => server.close();
}

async function answer(
  cloud: Cloud,
  { hosts, domains = {} }: Pick<DnsOptions, "hosts" | "domains">,
  request: Packet,
): Promise<Packet> {
  const response = Packet.createResponseFromRequest(request);
  const [question] = request.questions;
  if (!question) return response;
  const name = question.name.toLowerCase().replace(/\.$/, "");
  const own = hosts[name] ?? Object.entries(domains).find(([domain]) => isWithin(name, domain))?.[1];
  const zone = zoneOf(cloud, name);
  if (own === undefined && zone === undefined) return await passedOn(request, response);
  response.header.aa = 1;
  const records = own === undefined ? recordsOf(cloud, zone ?? "", name) : [a(name, own, 60)];
  if (records.length === 0) response.header.rcode = Packet.RCODE.NXDOMAIN;
  for (const record of follow(cloud, zone ?? "", records, question.type))
    response.answers.push(record as never);
  return response;
}

const isWithin = (name: string, domain: string): boolean => name === domain || name.endsWith(`.${domain}`);

/** The longest of the account's zones that the name is in. */
function zoneOf(cloud: Cloud, name: string): string | undefined {
  return cloud.domains
    .list()
    .map((zone) => zone.name)
    .filter((zone) => isWithin(name, zone))
    .sort((one, other) => other.length - one.length)[0];
}

function recordsOf(cloud: Cloud, zone: string, name: string): Answer[] {
  const label = name === zone ? "@" : name.slice(0, -zone.length - 1);
  return cloud.records
    .list((one) => one.domain === zone && one.name === label)
    .flatMap((one) => shown(one, name));
}

/** Of the type that was asked for; an alias together with what it points to. */
function follow(cloud: Cloud, zone: string, records: Answer[], type: number): Answer[] {
  return records.flatMap((record) => {
    if (record["type"] === type) return [record];
    if (record["type"] !== Packet.TYPE.CNAME) return [];
    const target = String(record["domain"]);
    return [record, ...recordsOf(cloud, zone, target).filter((one) => one["type"] === type)];
  });
}

const a = (name: string, address: string, ttl: number): Answer => ({
  name,
  type: Packet.TYPE.A,
  class: Packet.CLASS.IN,
  ttl,
  address,
});

function shown({ type, data, ttl, priority }: DomainRecord, name: string): Answer[] {
  const common = { name, class: Packet.CLASS.IN, ttl };
  const host = data.replace(/\.$/, "");
  switch (type) {
    case "A":
      return [a(name, data, ttl)];
    case "AAAA":
      return [{ ...common, type: Packet.TYPE.AAAA, address: data }];
    case "CNAME":
      return [{ ...common, type: Packet.TYPE.CNAME, domain: host }];
    case "NS":
      return [{ ...common, type: Packet.TYPE.NS, ns: host }];
    case "MX":
      return [{ ...common, type: Packet.TYPE.MX, exchange: host, priority: priority ?? 10 }];
    case "TXT":
      return [{ ...common, type: Packet.TYPE.TXT, data }];
    default:
      return []; // known to be there, and nobody in the sandbox asks for it
  }
}

async function passedOn(request: Packet, response: Packet): Promise<Packet> {
  const [question] = request.questions;
  const [server = ""] = getServers();
  const { address = server, port = "53" } =
    /^\[?(?<address>[^\]]+?)\]?(?::(?<port>\d+))?$/.exec(server)?.groups ?? {};
  const resolve = UDPClient({ dns: address, port: Number(port) });
  const type = Object.entries(Packet.TYPE).find(([, number]) => number === question?.type)?.[0];
  const found = await resolve(question?.name ?? "", type ?? "A");
  response.header.rcode = found.header.rcode;
  response.answers = found.answers;
  return response;
}

function failed(request: Packet): Packet {
  const response = Packet.createResponseFromRequest(request);
  response.header.rcode = Packet.RCODE.SERVFAIL;
  return response;
}
