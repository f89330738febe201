import { BlockList, SocketAddress } from "node:net";
import type { Cloud } from "./cloud.ts";
import { invalid } from "./errors.ts";
import type { Vpc } from "./rows.ts";

/** Ranges that the internet never routes (RFC 5737, RFC 3849): a program that leaks one of them reaches nobody. */
const droplets = "203.0.113";
const reserved = "198.51.100";

/** A public address that no droplet has. 422 when all are taken, as on an account at its limit. */
export function freePublicIpv4(cloud: Cloud): string {
  const taken = new Set(cloud.droplets.list().map((one) => one.public_ipv4));
  return free(droplets, taken, "creating this/these droplet(s) will exceed your droplet limit");
}

/** An address that is not reserved yet. */
export function freeReservedIp(cloud: Cloud): string {
  const taken = new Set(cloud.reservedIps.list().map((one) => one.ip));
  return free(reserved, taken, "You have reached your reserved IP limit.");
}

export const publicIpv6 = (id: number): string => `2001:db8:0:1::${(id % 0xffff).toString(16)}`;

/** The next address in the VPC that nothing has; .1 and .2 are the network's own. */
export function freePrivateIpv4(cloud: Cloud, vpc: Vpc): string {
  const [base, size] = parseRange(vpc.ip_range);
  const taken = new Set(cloud.droplets.list((one) => one.vpc_uuid === vpc.id).map((one) => one.private_ipv4));
  for (let host = 3; host < size - 1; host += 1) {
    const address = dotted(base + host);
    if (!taken.has(address)) return address;
  }
  throw invalid("There are no more addresses available in this VPC.");
}

/** First address and number of addresses of a range in CIDR form. */
function parseRange(range: string): [base: number, size: number] {
  const [address = "", bits = ""] = range.split("/");
  const base = address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  return [base, 2 ** (32 - Number(bits))];
}

/** The vendor's rule for a VPC's range: private, a network address, between /28 and /16. */
export function isVpcRange(range: string): boolean {
  if (!/^\d+\.\d+\.\d+\.\d+\/(1[6-9]|2[0-8])$/.test(range)) return false;
  const [base, size] = parseRange(range);
  const [address = ""] = range.split("/");
  return dotted(base) === address && base % size === 0 && isPrivate(address);
}

export function overlap(one: string, other: string): boolean {
  const [[base, size], [base2, size2]] = [parseRange(one), parseRange(other)];
  return base < base2 + size2 && base2 < base + size;
}

export const netmask = (range: string): string => dotted(2 ** 32 - parseRange(range)[1]);
export const gateway = (range: string): string => dotted(parseRange(range)[0] + 1);

/** Whether a name is an IPv4 address. */
export const isIpv4 = (text: string): boolean => SocketAddress.parse(`${text}:1`)?.family === "ipv4";

const privateRanges = new BlockList();
privateRanges.addSubnet("10.0.0.0", 8);
privateRanges.addSubnet("172.16.0.0", 12);
privateRanges.addSubnet("192.168.0.0", 16);
const isPrivate = (address: string): boolean => privateRanges.check(address);

const dotted = (number: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join(".");

function free(prefix: string, taken: Set<string>, refusal: string): string {
  for (let host = 10; host < 250; host += 1) {
    const address = `${prefix}.${host}`;
    if (!taken.has(address)) return address;
  }
  throw invalid(refusal);
}
