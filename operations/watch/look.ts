import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../tools/paths.ts";
import { UserError } from "../../user-error.ts";
import { checkOdoo, checkWebsocket } from "../health/web.ts";
import type { SshMachine } from "../ssh.ts";
import type { PlatformReading } from "../stack-reader.ts";
import type { Look } from "./judge.ts";

/** The part of a look that the machine tells. */
export interface Told {
  requests: { status: number; ms: number | undefined }[];
  containers: { name: string; restarts: number; status: string; kills: number }[];
  /** Where the journal was read to; undefined where there was nothing new. */
  cursor: string | undefined;
  /** Seconds since 1970 on the machine: when what serves began to, and now. */
  switchedAt: number;
  now: number;
}

export interface From {
  cursor?: string | undefined;
  /** Seconds since 1970. */
  since?: number;
  until?: number;
}

const answerSeconds = 15;

/**
 * Asks the machine what has happened.
 * @throws {UserError} failed, timeout
 */
export async function ask(machine: SshMachine, from: From): Promise<Told> {
  const given = Object.entries(from)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}='${String(value).replaceAll("'", "")}'\n`);
  const script = readFileSync(join(root, "host", "probe", "watch.sh"), "utf8");
  const { stdout, stderr } = await machine.run(given.join("") + script, { seconds: answerSeconds });
  const told = parsed(stdout);
  if (told) return told;
  throw new UserError("failed", `the machine's requests cannot be read: ${stderr.trim()}`);
}

/** Reads what `host/probe/watch.sh` prints; undefined when it did not come to its end. */
export function parsed(stdout: string): Told | undefined {
  const told: Told = { requests: [], containers: [], cursor: undefined, switchedAt: 0, now: 0 };
  for (const line of stdout.split("\n")) {
    const [kind, first = "", second = "", third = "", fourth = ""] = line.split(" ");
    if (kind === "request") told.requests.push({ status: Number(first), ms: numberOf(second) });
    if (kind === "cursor") told.cursor = line.slice("cursor ".length).trim();
    if (kind === "container")
      told.containers.push({ name: first, restarts: Number(second), status: third, kills: Number(fourth) });
    if (kind === "time") [told.switchedAt, told.now] = [Number(first), Number(second)];
  }
  return told.now > 0 ? told : undefined;
}

const numberOf = (text: string): number | undefined => (text === "-" ? undefined : Number(text));

/** What a look is, of what the machine tells. */
export function insideOf({ requests, containers }: Told): Omit<Look, "outside"> {
  return {
    requests: requests.length,
    failed: requests.filter(({ status }) => status >= 500).length,
    times: requests.flatMap(({ ms }) => ms ?? []),
    inside: {
      restarts: containers.reduce((all, { restarts }) => all + restarts, 0),
      kills: containers.reduce((all, { kills }) => all + kills, 0),
      down: containers.filter(({ status }) => status !== "running").map(({ name }) => name),
    },
  };
}

/** Asks from outside, as people come in. */
export async function askOutside(
  { outputs }: PlatformReading,
  signal: AbortSignal,
): Promise<{ fault: string | undefined; ms: number | undefined }> {
  const { hostname, port } = new URL(outputs.url);
  const served = {
    address: outputs.address,
    port: Number(port) || 443,
    domain: outputs.domains?.odoo ?? hostname,
  };
  const [odoo, websocket] = await Promise.all([checkOdoo(served, signal), checkWebsocket(served, signal)]);
  const failing = [odoo, websocket].find(({ state }) => state === "fail");
  return {
    fault: failing && `${failing.name}: ${failing.detail}`,
    ms: odoo.figure ?? undefined,
  };
}
