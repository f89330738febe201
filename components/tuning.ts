import type { DropletSize } from "../catalog/droplet-sizes.ts";

/** What the machine must hold, and what else was chosen. */
export interface TuningArgs {
  /** The settings' size; what a machine sees of itself (/proc) is the whole computer's in the sandbox. */
  size: Pick<DropletSize, "vcpus" | "memoryMb">;
  /** Web workers, or "auto". */
  workers: "auto" | number;
  /** Whether Postgres runs on the machine too. */
  postgres: boolean;
  /** Connections that a managed database leaves to Odoo. @default as many as Odoo may need */
  connections?: number | undefined;
  n8n: boolean;
  mailCatcher: boolean;
}

/** Bounds of the containers in MB. Together with the system's own share they are the size's memory. */
export interface MemoryMb {
  system: number;
  postgres: number;
  web: number;
  cron: number;
  n8n: number;
  mailCatcher: number;
}

export interface OdooTuning {
  /** At least two: below that Odoo has no websocket process of its own. */
  workers: number;
  /** Threads of the cron container. */
  cronThreads: number;
  /** Connections that one process may open, and the websocket process. */
  connectionsPerProcess: number;
  websocketConnections: number;
  /** Address space at which a worker ends after its request, and at which it is refused more. */
  softMb: number;
  hardMb: number;
  /** The longest request, and the longest scheduled action. */
  requestSeconds: number;
  cronSeconds: number;
}

export interface PostgresTuning {
  maxConnections: number;
  sharedBuffersMb: number;
  effectiveCacheMb: number;
  workMemMb: number;
  maintenanceWorkMemMb: number;
  maxWalMb: number;
  shmMb: number;
  parallelWorkers: number;
}

export interface Tuning {
  memoryMb: MemoryMb;
  odoo: OdooTuning;
  postgres: PostgresTuning;
}

/** Numbers for one machine, reckoned from its size alone. */
export function tuning(args: TuningArgs): Tuning {
  const memoryMb = shares(args);
  const odoo = forOdoo(args, memoryMb);
  return { memoryMb, odoo, postgres: forPostgres(args, memoryMb.postgres, odoo) };
}

const between = (low: number, value: number, high: number): number =>
  Math.max(low, Math.min(high, Math.floor(value)));

function shares({ size, postgres, n8n, mailCatcher }: TuningArgs): MemoryMb {
  const memory = size.memoryMb;
  const others = {
    // Docker, nginx, journal and SSH; Debian itself is happy with less than a hundred.
    system: Math.floor(200 + memory * 0.06),
    postgres: postgres ? Math.floor(memory / 4) : 0,
    n8n: n8n ? between(320, memory / 8, 1024) : 0,
    mailCatcher: mailCatcher ? 128 : 0,
  };
  const left = memory - Object.values(others).reduce((sum, share) => sum + share, 0);
  // On the smallest size nothing would be left for it: then it lives on the swap that every machine has.
  const odoo = Math.max(left, 512);
  const cron = between(200, odoo * 0.3, 1024);
  return { ...others, cron, web: odoo - cron };
}

/** What one worker takes of real memory, on the average; the first ones share much. */
const workerMb = 400;

function forOdoo({ size, workers, connections }: TuningArgs, memoryMb: MemoryMb): OdooTuning {
  const fitting = Math.min(size.vcpus * 2, Math.floor(memoryMb.web / workerMb));
  const count = workers === "auto" ? Math.max(2, fitting) : workers;
  // Odoo counts address space (odoo/service/server.py, memory_info): a fresh worker of 19.0 has 230 MB of it.
  const softMb = between(640, memoryMb.web * 0.6, 2048);
  const cronThreads = size.vcpus > 2 ? 2 : 1;
  return {
    workers: count,
    cronThreads,
    ...connectionBounds(connections, count, cronThreads),
    softMb,
    hardMb: Math.floor(softMb * 1.5),
    requestSeconds: 240,
    cronSeconds: 900,
  };
}

/**
 * A worker answers one request at a time and opens a second connection for logs and sequences at most, so what it needs is far
 * below what it may. A small managed database has few for all: then each may open fewer, so that the second container that
 * comes up beside the first in a release still finds some. Below three a worker could wait for itself.
 */
function connectionBounds(
  connections: number | undefined,
  workers: number,
  cronThreads: number,
): Pick<OdooTuning, "connectionsPerProcess" | "websocketConnections"> {
  if (connections === undefined) return { connectionsPerProcess: 8, websocketConnections: 16 };
  const websocketConnections = between(4, connections / 5, 16);
  const processes = 2 * (workers + 1) + cronThreads;
  return {
    connectionsPerProcess: between(3, (connections - 2 * websocketConnections) / processes, 8),
    websocketConnections,
  };
}

function forPostgres({ size }: TuningArgs, memoryMb: number, odoo: OdooTuning): PostgresTuning {
  // Workers and their parent, the websocket process, cron, an instance that updates modules; and people, health, backups.
  const processes = odoo.workers + 1 + 1 + odoo.cronThreads + 1;
  const maxConnections = processes * odoo.connectionsPerProcess + odoo.websocketConnections + 16;
  const sharedBuffersMb = between(64, memoryMb * 0.3, 8192);
  return {
    maxConnections,
    sharedBuffersMb,
    effectiveCacheMb: between(128, memoryMb * 0.75, 65_536),
    // Few connections sort at once; each sort may take it, so a quarter of all is the worst that is reckoned with.
    workMemMb: between(4, ((memoryMb - sharedBuffersMb) * 2) / maxConnections, 64),
    maintenanceWorkMemMb: between(32, memoryMb / 8, 1024),
    maxWalMb: between(512, memoryMb, 4096),
    // Parallel queries share memory there; Docker's own bound of 64 MB ends them with "No space left on device".
    shmMb: between(64, memoryMb / 4, 1024),
    parallelWorkers: Math.max(1, Math.floor(size.vcpus / 2)),
  };
}
