import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../tools/paths.ts";
import type { SshMachine } from "../ssh.ts";
import { shellWord } from "../../shell-word.ts";

/** The questions of `host/probe/health.sh`. */
export const questions = [
  "containers",
  "memory",
  "disk",
  "nginx",
  "ready",
  "database",
  "addons",
  "updates",
  "mail",
  "firewall",
  "backups",
] as const;

export type Question = (typeof questions)[number];

/** What one of them came to. */
export interface Said {
  /** Exit status of what was asked: 0 for an answer, 124 when it took too long. */
  status: number;
  stdout: string;
  /** Its last lines. */
  stderr: string;
}

export type Probe = Record<Question, Said>;

/** Where mail is handed on to. */
export interface Relay {
  host: string;
  port: number;
}

const probeSeconds = 4;

/**
 * Asks a machine everything at once.
 * @param seconds for the whole of it; each question has one less
 */
export async function probe(
  machine: SshMachine,
  relay: Relay | undefined,
  seconds = probeSeconds,
): Promise<Probe> {
  const { stdout, stderr, exitCode } = await machine.run(probeScript(relay, seconds - 1), {
    seconds,
  });
  return parseProbe(stdout, stderr || `the probe ended with ${exitCode ?? "a signal"}`);
}

function probeScript(relay: Relay | undefined, seconds: number): string {
  const script = ["backups.sh", "health.sh"]
    .map((name) => readFileSync(join(root, "host", "probe", name), "utf8"))
    .join("\n");
  const where = relay ? `relay_host=${shellWord(relay.host)}\nrelay_port=${relay.port}\n` : "";
  return `${where}seconds=${seconds}\n${script}`;
}

/** @param otherwise why a question has no answer */
function parseProbe(text: string, otherwise: string): Probe {
  const said = new Map<string, Said>();
  for (const line of text.split("\n")) {
    const [name = "", status = "", stdout = "", stderr = ""] = line.split(" ");
    said.set(name, { status: Number(status), stdout: decoded(stdout), stderr: decoded(stderr) });
  }
  const none: Said = { status: 1, stdout: "", stderr: otherwise };
  return Object.fromEntries(questions.map((name) => [name, said.get(name) ?? none])) as Probe;
}

/** Why a question has no answer, in one line. */
export function faultOf({ status, stderr }: Said): string {
  if (status === 124 || status === 137) return "no answer in time";
  const last = stderr.trim().split("\n").at(-1);
  return last?.replace(/^(?:Error response from daemon|psql: error): /, "") || `ended with ${status}`;
}

const decoded = (text: string): string => Buffer.from(text, "base64").toString("utf8");
