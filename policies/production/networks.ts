/** Networks that the internet cannot come from, by the prefix from which on an address is inside. */
const inside: readonly [address: RegExp, prefix: number][] = [
  [/^10\./, 8],
  [/^172\.(?:1[6-9]|2\d|3[01])\./, 12],
  [/^192\.168\./, 16],
  [/^100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\./, 10],
  [/^f[cd]/i, 7],
  [/^fe80:/i, 10],
];

/**
 * Whether so much of the internet is meant that no owner's networks add up to it: more than a /8 in all, for IPv6 more
 * than a /16. So two halves are the world as much as 0.0.0.0/0 is, and so is what cannot be read.
 *
 * @param networks addresses, alone or in CIDR form
 */
export function isWorld(networks: readonly unknown[]): boolean {
  const shares = { v4: 0, v6: 0 };
  for (const network of networks) {
    const [address = "", prefix] =
      typeof network === "string" ? network.trim().split("/") : ["", "unreadable"];
    const isV6 = address.includes(":");
    const bits = prefix === undefined ? anyAddress(address, isV6) : Number(prefix);
    if (inside.some(([pattern, least]) => pattern.test(address) && bits >= least)) continue;
    shares[isV6 ? "v6" : "v4"] += Number.isNaN(bits) ? 1 : 2 ** -bits;
  }
  return shares.v4 > 2 ** -8 || shares.v6 > 2 ** -16;
}

/** Some vendors take the zero address without a prefix for all addresses. */
function anyAddress(address: string, isV6: boolean): number {
  if (/^[0.]+$|^[0:]+$/.test(address)) return 0;
  return isV6 ? 128 : 32;
}
