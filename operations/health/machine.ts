import { finding, type Finding, stateOf, type State, worst } from "./check.ts";
import { listed } from "./database.ts";
import { faultOf, type Probe, type Said } from "./probe.ts";

/** What runs on a machine that is as the settings say. */
export interface Expected {
  /** Names of the containers. */
  containers: string[];
  /** Memory of the machine's size; a sandbox machine shows the memory of the whole computer. */
  memoryMb: number;
}

interface Container {
  name: string;
  id: string;
  status: string;
  health: string | null;
  restarts: number;
  started: string;
  exitCode: number;
  outOfMemory: boolean;
  /** Bytes; 0 for none. */
  memoryLimit: number;
}

/** A container that came back this lately is not to be trusted yet. */
const settlingMs = 10 * 60_000;

const diskLimits = { warnLimit: 80, limit: 90 };
const memoryLimits = { warnLimit: 85, limit: 95 };

export function containersFinding({ containers }: Probe, expected: Expected, now: Date): Finding {
  if (containers.status !== 0)
    return finding("containers", "fail", `Docker does not answer: ${faultOf(containers)}`);
  const found = parsedContainers(containers);
  const faults = expected.containers.flatMap((name) => containerFault(name, found, now));
  const good = expected.containers.length - new Set(faults.map(({ name }) => name)).size;
  const measured = { figure: good, unit: `of ${expected.containers.length} good` };
  if (faults.length === 0) return finding("containers", "ok", "each runs", measured);
  const told = listed(faults.map(({ name, fault }) => `${name} ${fault}`));
  return finding("containers", worst(faults.map(({ state }) => state)), told, measured);
}

function containerFault(
  name: string,
  found: Container[],
  now: Date,
): { name: string; state: State; fault: string }[] {
  const one = found.find((container) => container.name === name);
  if (!one) return [{ name, state: "fail", fault: "is not there; run platform up" }];
  if (one.status !== "running") {
    const fault = `${one.status === "exited" ? "has ended" : `is ${one.status}`} (exit status ${one.exitCode})`;
    return [{ name, state: "fail", fault: one.outOfMemory ? `${fault}, out of memory` : fault }];
  }
  if (one.health === "unhealthy") return [{ name, state: "fail", fault: "runs, but is unhealthy" }];
  if (one.health === "starting") return [{ name, state: "warn", fault: "is starting" }];
  const isFresh = now.getTime() - Date.parse(one.started) < settlingMs;
  if (one.restarts > 0 && isFresh)
    return [{ name, state: "warn", fault: `came back minutes ago, ${one.restarts} restarts so far` }];
  return [];
}

export function nginxFinding({ nginx }: Probe): Finding {
  const states = Object.fromEntries(nginx.stdout.split("\n").map((line) => line.split("=")));
  const state = states as Record<string, string | undefined>;
  if (nginx.status !== 0) return finding("nginx", "fail", faultOf(nginx));
  if (state["ActiveState"] === "active") return finding("nginx", "ok", "runs");
  const how =
    state["LoadState"] === "not-found" ? "is not installed" : `is ${state["ActiveState"] ?? "gone"}`;
  return finding("nginx", "fail", `${how}; see platform logs --of nginx`);
}

/**
 * Whether security updates are in force. The machine brings them by itself every night, but begins nothing anew for them: neither
 * itself, which would end people's requests, nor a service that runs on with a library of before.
 */
export function updatesFinding({ updates }: Probe): Finding {
  if (updates.status !== 0) return finding("updates", "warn", `not known: ${faultOf(updates)}`);
  const waiting = updates.stdout.split("\n").filter(Boolean);
  const measured = { figure: waiting.length, unit: "waiting restarts", warnLimit: 1 };
  if (waiting.length === 0) return finding("updates", "ok", "in force", measured);
  const units = waiting.flatMap((line) => /^restart (.+)/.exec(line)?.[1] ?? []);
  const detail = waiting.includes("reboot")
    ? "in force after a reboot; when it suits, on the machine: systemctl reboot"
    : `in force after a restart; on the machine: systemctl restart ${units.join(" ")}`;
  return finding("updates", "warn", detail, measured);
}

/** The system's own disk, and the volume with all data. */
export function diskFindings({ disk }: Probe, dataPath = "/mnt/odoo-data"): Finding[] {
  const rows = disk.stdout.split("\n").map((line) => line.split(" "));
  const of = (path: string): string[] | undefined => rows.find(([, at]) => at === path);
  return [
    diskFinding("disk", of("/"), `not known: ${faultOf(disk)}`),
    diskFinding(
      "volume",
      of(dataPath),
      disk.status === 0 ? `nothing is mounted at ${dataPath}` : faultOf(disk),
    ),
  ];
}

function diskFinding(name: "disk" | "volume", row: string[] | undefined, otherwise: string): Finding {
  if (!row) return finding(name, "fail", otherwise);
  const [size, used] = row.slice(2).map(Number) as [number, number];
  const figure = Math.round((used / size) * 1000) / 10;
  const state = stateOf(figure, diskLimits);
  const way = name === "volume" ? "; raise host.volumeGb" : "; see docker system df";
  const detail = `${gigabytes(used)} of ${gigabytes(size)} GB used${state === "ok" ? "" : way}`;
  return finding(name, state, detail, { figure, unit: "%", ...diskLimits });
}

/** Memory of the machine by its size, and what each container has of its own limit. */
export function memoryFinding({ memory, containers }: Probe, expected: Expected): Finding {
  const rows = memory.stdout.split("\n").map((line) => line.split(" "));
  const [total = 0, available = 0] = numbers(rows, "machine");
  if (total === 0) return finding("memory", "fail", `not known: ${faultOf(memory)}`);
  const size = expected.memoryMb * 1024 * 1024;
  const isOwn = total < size * 1.2;
  const used = isOwn ? total - available : (numbers(rows, "processes")[0] ?? 0);
  const figure = Math.round((used / Math.min(size, total)) * 1000) / 10;
  const faults = containerMemory(rows, containers.status === 0 ? parsedContainers(containers) : []);
  const state = worst([stateOf(figure, memoryLimits), ...faults.map(({ state }) => state)]);
  const told = [
    `${gigabytes(used)} of ${gigabytes(Math.min(size, total))} GB used`,
    ...faults.map(({ fault }) => fault),
  ];
  return finding("memory", state, listed(told), { figure, unit: "%", ...memoryLimits });
}

interface ContainerFault {
  state: State;
  fault: string;
}

function containerMemory(rows: string[][], containers: Container[]): ContainerFault[] {
  return containers.flatMap(({ id, name, memoryLimit, status, outOfMemory }): ContainerFault[] => {
    const [, , used = 0, kills = 0] =
      rows.find(([kind, of]) => kind === "container" && of === id)?.map(Number) ?? [];
    const share = memoryLimit > 0 ? (used / memoryLimit) * 100 : 0;
    if (outOfMemory && status !== "running")
      return [{ state: "fail", fault: `${name} was killed, out of memory` }];
    if (share >= memoryLimits.limit)
      return [{ state: "warn", fault: `${name} has ${share.toFixed(0)} % of its limit` }];
    if (kills > 0 || outOfMemory)
      return [{ state: "warn", fault: `out of memory in ${name}: ${Math.max(1, kills)} processes killed` }];
    return [];
  });
}

/** Lines "ID STATUS", where the status ends with its health, and a JSON object for each. */
function parsedContainers({ stdout }: Said): Container[] {
  const lines = stdout.split("\n").filter(Boolean);
  const health = new Map(
    lines.map((line) => {
      const [id = "", ...status] = line.split(" ");
      return [id, /\((?:health: )?(\w+)\)$/.exec(status.join(" "))?.[1] ?? null];
    }),
  );
  return lines
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as Omit<Container, "health">)
    .map((one) => ({ ...one, name: one.name.replace(/^\//, ""), health: health.get(one.id) ?? null }));
}

const numbers = (rows: string[][], key: string): number[] =>
  rows
    .find(([kind]) => kind === key)
    ?.slice(1)
    .map(Number) ?? [];

const gigabytes = (bytes: number): string => (bytes / 1e9).toFixed(1);
