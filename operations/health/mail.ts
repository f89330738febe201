import { finding, type Finding } from "./check.ts";
import { faultOf, type Probe } from "./probe.ts";

/** Ports that mail leaves by. */
const mailPorts = [25, 465, 587];

/** Whether mail goes where the settings say; where it is caught, that no other way out is open. */
export function mailFinding({ mail, firewall }: Probe, kind: "catcher" | "mailgun" | "smtp"): Finding {
  if (kind !== "catcher") {
    if (mail.status !== 0)
      return finding("mail", "fail", `the relay cannot be reached from the machine: ${faultOf(mail)}`);
    const greets = /^220[ -]/.test(mail.stdout);
    return greets
      ? finding("mail", "ok", "the relay greets")
      : finding("mail", "fail", "the relay does not greet as SMTP servers do");
  }
  if (mail.status !== 0) return finding("mail", "fail", `the catcher does not answer: ${faultOf(mail)}`);
  if (firewall.status !== 0)
    return finding("mail", "fail", `the firewall cannot be asked: ${faultOf(firewall)}`);
  const open = openPorts(firewall.stdout);
  if (open.length === 0)
    return finding("mail", "ok", "caught; no other way out", { figure: 0, unit: "open mail ports" });
  const detail = `no rule keeps containers from sending through ${open.join(", ")}; run platform up`;
  return finding("mail", "fail", detail, { figure: open.length, unit: "open mail ports", limit: 1 });
}

/** As `nft --json list ruleset` writes it, as far as it is looked at. */
interface Ruleset {
  nftables: {
    chain?: { family: string; table: string; name: string; hook?: string };
    set?: { family: string; table: string; name: string; elem?: unknown[] };
    rule?: { family: string; table: string; chain: string; expr: Expression[] };
  }[];
}

type Expression = Record<string, unknown>;

/**
 * The mail ports for which the ruleset has no rule that stops what containers send. Only that a rule is there: an exception
 * before it, as for an allowed relay, is not weighed.
 */
function openPorts(ruleset: string): number[] {
  const { nftables } = JSON.parse(ruleset) as Ruleset;
  const rules = nftables.flatMap(({ rule }) => (rule ? [rule] : []));
  const key = (one: { family: string; table: string }, chain: string): string =>
    `${one.family} ${one.table} ${chain}`;
  const forwarding = new Set(
    nftables.flatMap(({ chain }) =>
      chain?.hook === "forward" || chain?.hook === "prerouting" ? [key(chain, chain.name)] : [],
    ),
  );
  // Chains that those lead to, over any number of jumps.
  for (let before = -1; before !== forwarding.size;) {
    before = forwarding.size;
    for (const rule of rules.filter((one) => forwarding.has(key(one, one.chain))))
      for (const { jump, goto } of rule.expr) {
        const { target } = (jump ?? goto ?? {}) as { target?: string };
        if (target !== undefined) forwarding.add(key(rule, target));
      }
  }
  const stops = rules.filter(
    (rule) =>
      forwarding.has(key(rule, rule.chain)) && rule.expr.some((one) => "drop" in one || "reject" in one),
  );
  const named = (set: string, of: { family: string; table: string }): unknown[] =>
    nftables.find(({ set: one }) => one?.name === set && one.family === of.family && one.table === of.table)
      ?.set?.elem ?? [];
  return mailPorts.filter(
    (port) => !stops.some((rule) => rule.expr.some((one) => matches(one, port, (set) => named(set, rule)))),
  );
}

function matches({ match }: Expression, port: number, named: (set: string) => unknown[]): boolean {
  const { op, left, right } = (match ?? {}) as { op?: string; left?: object; right?: unknown };
  const { payload } = (left ?? {}) as { payload?: { protocol?: string; field?: string } };
  if ((op !== "==" && op !== "in") || payload?.field !== "dport") return false;
  if (payload.protocol !== "tcp" && payload.protocol !== "th") return false;
  return holds(right, port, named);
}

function holds(value: unknown, port: number, named: (set: string) => unknown[]): boolean {
  if (typeof value === "string" && value.startsWith("@"))
    return named(value.slice(1)).some((one) => holds(one, port, named));
  if (typeof value !== "object" || value === null) return value === port;
  if ("set" in value) return (value.set as unknown[]).some((one) => holds(one, port, named));
  if ("range" in value) {
    const [low = 0, high = 0] = value.range as number[];
    return low <= port && port <= high;
  }
  return false;
}
