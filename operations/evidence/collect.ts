import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../tools/paths.ts";
import { appLog } from "../logs/app.ts";
import { journal } from "../logs/journal.ts";
import { lineText, type LogLine } from "../logs/line.ts";
import { onMachineOf } from "../machine.ts";
import { projectDir } from "../project.ts";
import type { SshMachine } from "../ssh.ts";
import type { PlatformReading } from "../stack-reader.ts";
import { askDigitalOcean } from "../vendor.ts";
import { messageOf } from "../../user-error.ts";

/** Files of an evidence folder, by name: what could be had, or in a sentence why not. */
export type Texts = Record<string, string>;

const lines = 1000;
/** Where each request is a line. */
const accessLines = 5000;
/** Of what comes with each request. */
const perRequest = 200;
/** What went before is part of the story, for so long. */
const beforeMs = 5 * 60_000;
const statisticsSeconds = 20;

/** What the application has logged, and what its database is like. Not to be had is told, not thrown. */
export async function collected(reading: PlatformReading, since: Date, signal: AbortSignal): Promise<Texts> {
  const texts =
    reading.outputs.hostKind === "app" ? await ofApp(reading) : await ofMachine(reading, since, signal);
  return { ...texts, "deployment.log": [texts["deployment.log"], engineLog(reading.stack, since)].join("") };
}

async function ofMachine(reading: PlatformReading, since: Date, signal: AbortSignal): Promise<Texts> {
  const failed = (error: unknown): Texts => ({
    "application.log": unknown(error),
    "database.txt": unknown(error),
  });
  return await onMachineOf(reading, { signal }, async (machine) => {
    const [application, database] = await Promise.all([
      attempt(() => applicationLog(machine, since)),
      attempt(() => statistics(machine)),
    ]);
    return { "application.log": application, "database.txt": database };
  }).catch(failed);
}

/** Of requests only the last that failed: under load they would be all that is left. */
async function applicationLog(machine: SshMachine, since: Date): Promise<string> {
  const [web, nginx, ...others] = await Promise.all([
    journal(machine, ["odoo"], accessLines),
    journal(machine, ["nginx"], accessLines),
    ...(["cron", "postgres", "platform"] as const).map((part) => journal(machine, [part], lines)),
  ]);
  const from = new Date(since.getTime() - beforeMs).toISOString();
  return logText(telling([...web, ...nginx, ...others.flat()].filter(({ time }) => time >= from)));
}

/** What the lines tell beside requests that went well, in the order of time. */
export function telling(found: LogLine[]): LogLine[] {
  const status = ({ text }: LogLine): number | undefined => {
    const [, code] = /"[A-Z]+ \S* ?HTTP\/[\d.]+" (\d{3}) /.exec(text) ?? [];
    return code === undefined ? undefined : Number(code);
  };
  const sorted = found.toSorted(byTime);
  const requests = sorted.filter((line) => (status(line) ?? 0) >= 500);
  const rest = sorted.filter((line) => status(line) === undefined);
  // nginx warns of the same at each request.
  const warnings = rest.filter(({ part }) => part === "nginx");
  const others = rest.filter(({ part }) => part !== "nginx");
  return [...others, ...warnings.slice(-perRequest), ...requests.slice(-perRequest)].sort(byTime);
}

const byTime = (one: LogLine, other: LogLine): number => one.time.localeCompare(other.time);

async function statistics(machine: SshMachine): Promise<string> {
  const script = readFileSync(join(root, "host", "probe", "database.sh"), "utf8");
  const { stdout, stderr } = await machine.run(script, { seconds: statisticsSeconds });
  return stdout + stderr;
}

async function ofApp({ outputs: { hostId } }: PlatformReading): Promise<Texts> {
  const [application, deployment, database] = await Promise.all([
    attempt(async () => logText(await appLog(hostId, "run", undefined, lines))),
    attempt(async () => logText(await appLog(hostId, "deploy", undefined, lines))),
    attempt(() => cluster(hostId)),
  ]);
  return { "application.log": application, "deployment.log": deployment, "database.txt": database };
}

/** All that the vendor tells of the app's cluster: it admits the app alone, so nobody else can ask it. */
async function cluster(appId: string): Promise<string> {
  const app = await askDigitalOcean(`/v2/apps/${encodeURIComponent(appId)}`);
  const { spec } = (app.body["app"] ?? {}) as { spec?: { databases?: { cluster_name?: string }[] } };
  const name = spec?.databases?.[0]?.cluster_name;
  const { body } = await askDigitalOcean("/v2/databases?per_page=200");
  const found = ((body["databases"] ?? []) as Record<string, unknown>[]).find((one) => one["name"] === name);
  if (!found) return `the cluster ${name ?? ""} is not there\n`;
  const told = ["name", "engine", "version", "status", "size", "num_nodes", "storage_size_mib", "region"];
  const rows = told.filter((key) => found[key] !== undefined).map((key) => `${key}: ${String(found[key])}\n`);
  return rows.join("");
}

/** What the engine has told in this clone since then. */
export function engineLog(stack: string, since: Date): string {
  const folder = join(projectDir(), ".platform", "logs");
  if (!existsSync(folder)) return "";
  const own = readdirSync(folder)
    .filter((name) => /^\d{8}-\d{6}-(.+)-(?!dispatch)[a-z]+\.log$/.exec(name)?.[1] === stack)
    .map((name) => join(folder, name))
    // A file system may tell times in whole seconds.
    .filter((file) => statSync(file).mtimeMs >= since.getTime() - 1000);
  return own
    .sort()
    .map((file) => readFileSync(file, "utf8"))
    .join("\n");
}

/** Without the last part of addresses: whose requests they were is nobody's business in a repository. */
export const logText = (found: LogLine[]): string =>
  found
    .map((line) => `${lineText(line)}\n`)
    .join("")
    .replaceAll(/(?<![\d.])(\d{1,3}\.\d{1,3}\.\d{1,3})\.\d{1,3}(?![\d.])/g, "$1.x")
    .replaceAll(/\b((?:[0-9a-f]{1,4}:){3})[0-9a-f:]*:[0-9a-f]{0,4}\b/gi, "$1:x");

async function attempt(ask: () => Promise<string>): Promise<string> {
  try {
    return await ask();
  } catch (error) {
    return unknown(error);
  }
}

const unknown = (error: unknown): string => `not known: ${messageOf(error)}\n`;
