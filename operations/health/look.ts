import { readFileSync } from "node:fs";
import { readAddons } from "../../catalog/read-addons.ts";
import { dropletSizes } from "../../catalog/droplet-sizes.ts";
import { mailgun } from "../../components/mail.ts";
import type { Settings } from "../../settings/schema.ts";
import { root } from "../../tools/paths.ts";
import { UserError } from "../../user-error.ts";
import { onMachineOf } from "../machine.ts";
import type { PlatformReading } from "../stack-reader.ts";
import { addonsFinding } from "./addons.ts";
import { appFindings, offOnApp } from "./app.ts";
import { type CheckName, checkNames, finding, type Finding } from "./check.ts";
import { backupsFinding, providerFinding } from "./backups.ts";
import { databaseFindings } from "./database.ts";
import {
  containersFinding,
  diskFindings,
  type Expected,
  memoryFinding,
  nginxFinding,
  updatesFinding,
} from "./machine.ts";
import { mailFinding } from "./mail.ts";
import { probe, type Probe, type Relay } from "./probe.ts";
import { checkCertificate, checkN8n, checkOdoo, checkWebsocket } from "./web.ts";

/** Together the whole verb stays under 5 s, also when nothing answers. */
const askSeconds = 3;

/** Asks everything of a platform at once. Each check answers, whatever happens to the others. */
export async function lookAt(
  reading: PlatformReading,
  settings: Settings,
  signal: AbortSignal,
): Promise<Finding[]> {
  const { outputs } = reading;
  const isApp = outputs.hostKind === "app";
  const [outside, inside] = await Promise.all([
    askOutside(reading, AbortSignal.any([signal, AbortSignal.timeout(askSeconds * 1000)]), isApp),
    isApp ? askApp(outputs.hostId) : askMachine(reading, settings, signal),
  ]);
  signal.throwIfAborted();
  const all = joined([...outside, ...inside]);
  return all.sort((a, b) => checkNames.indexOf(a.name) - checkNames.indexOf(b.name));
}

async function askOutside(
  { outputs }: PlatformReading,
  signal: AbortSignal,
  isApp: boolean,
): Promise<Finding[]> {
  const { address, domains } = outputs;
  const odoo = { address, domain: domains?.odoo ?? new URL(outputs.url).hostname };
  const n8n = domains?.n8n === undefined ? undefined : { address, domain: domains.n8n };
  return await Promise.all([
    checkOdoo(odoo, signal),
    checkWebsocket(odoo, signal),
    checkCertificate(odoo, [...(outputs.trustedCertificates ?? []), ...trustedHere()], signal),
    ...(isApp ? [] : [checkN8n(n8n, signal)]),
  ]);
}

/**
 * Authorities that whoever asks trusts beside the machine: PEM, in the file that PLATFORM_CA_FILE names. An ACME server for
 * tests issues under a root that no machine has to trust.
 */
function trustedHere(): string[] {
  const file = process.env["PLATFORM_CA_FILE"];
  if (file === undefined) return [];
  try {
    return [readFileSync(file, "utf8")];
  } catch (cause) {
    throw new UserError(
      "badInput",
      `PLATFORM_CA_FILE: ${file} cannot be read; unset it, or name a PEM file`,
      { cause },
    );
  }
}

async function askApp(id: string): Promise<Finding[]> {
  const [found, backups] = await Promise.all([appFindings(id), providerFinding(id, new Date())]);
  return [...found, backups, ...offOnApp()];
}

async function askMachine(
  reading: PlatformReading,
  settings: Settings,
  signal: AbortSignal,
): Promise<Finding[]> {
  const mail = reading.outputs.mail ?? settings.mail.kind;
  try {
    const options = { signal, connectSeconds: askSeconds };
    const found = await onMachineOf(reading, options, (machine) => probe(machine, relayOf(settings)));
    return [
      ...machineFindings(found, expectedOf(settings), mail, settings.database.kind === "managed"),
      backupsFinding(found, wantedOf(settings), new Date()),
    ];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return inside.map((name) => finding(name, "fail", `not known: ${error.message}`));
  }
}

const inside: CheckName[] = [
  "database",
  "nginx",
  "queue",
  "cron",
  "disk",
  "volume",
  "memory",
  "containers",
  "mail",
  "addons",
  "updates",
  "backups",
];

/** All that a probe tells. Two findings of one name are one check. */
export function machineFindings(
  found: Probe,
  expected: Expected,
  mail: "catcher" | "mailgun" | "smtp",
  managed: boolean,
  now: Date = new Date(),
): Finding[] {
  const { database, modules, queue, cron } = databaseFindings(found, managed);
  return [
    database,
    ...(modules ? [modules] : []),
    nginxFinding(found),
    queue,
    cron,
    ...diskFindings(found),
    memoryFinding(found, expected),
    containersFinding(found, expected, now),
    mailFinding(found, mail),
    addonsFinding(found, readAddons(root)),
    updatesFinding(found),
  ];
}

/** Of two findings of one name the first that fails, else the first. */
function joined(findings: Finding[]): Finding[] {
  const byName = Map.groupBy(findings, ({ name }) => name);
  return [...byName.values()].flatMap((same) => same.find(({ state }) => state === "fail") ?? same[0] ?? []);
}

function relayOf({ mail }: Settings): Relay | undefined {
  if (mail.kind === "smtp") return { host: mail.host, port: mail.port };
  return mail.kind === "mailgun" ? mailgun : undefined;
}

const wantedOf = ({ backups, platform }: Settings) => ({
  drill: backups.drill,
  production: platform.environment === "production",
});

function expectedOf({ host, database, mail, services }: Settings): Expected {
  const containers = [
    "odoo-web",
    "odoo-cron",
    ...(database.kind === "droplet" ? ["postgres"] : []),
    ...(mail.kind === "catcher" ? ["mail-catcher"] : []),
    ...(services.n8n ? ["n8n"] : []),
  ];
  return { containers, memoryMb: host.kind === "droplet" ? dropletSizes[host.size].memoryMb : 0 };
}
