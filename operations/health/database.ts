import { finding, type Finding, stateOf, worst } from "./check.ts";
import { faultOf, type Probe } from "./probe.ts";

/** Shares of all connections that Postgres allows. */
const connectionShares = { warn: 0.7, fail: 0.8 };
/** Of something that waits to be done. */
const waitingMinutes = { warnLimit: 15, limit: 60 };
const cronMinutes = { warnLimit: 15, limit: 60 };

type Rows = Map<string, string[][]>;

/** The checks that Postgres answers for: itself, Odoo's modules, what waits, and the scheduled actions. */
export interface DatabaseFindings {
  database: Finding;
  /** Undefined where all modules are as they should be. */
  modules: Finding | undefined;
  queue: Finding;
  cron: Finding;
}

export function databaseFindings({ database, ready }: Probe, managed: boolean): DatabaseFindings {
  if (database.status !== 0) return withoutAnswer(managed || ready.status === 0, faultOf(database));
  const rows = parsed(database.stdout);
  return {
    database: connections(rows),
    modules: modules(rows),
    queue: queue(rows),
    cron: cron(rows),
  };
}

function withoutAnswer(isUp: boolean, fault: string): DatabaseFindings {
  const detail = isUp
    ? `takes connections, but neither Odoo container can ask it: ${fault}`
    : `takes no connections: ${fault}; see platform logs --of postgres`;
  const unknown = `not known, since the database cannot be asked`;
  return {
    database: finding("database", "fail", detail),
    modules: finding("odoo", "fail", `its modules are ${unknown}`),
    queue: finding("queue", "fail", unknown),
    cron: finding("cron", "fail", unknown),
  };
}

function connections(rows: Rows): Finding {
  const figure = first(rows, "connections");
  const most = first(rows, "max_connections");
  const limits = {
    warnLimit: Math.floor(most * connectionShares.warn),
    limit: Math.floor(most * connectionShares.fail),
  };
  const state = stateOf(figure, limits);
  const way = state === "ok" ? "" : "; something holds them open, see pg_stat_activity";
  return finding("database", state, `up, ${figure} of ${most} connections${way}`, {
    figure,
    unit: "connections",
    ...limits,
  });
}

function modules(rows: Rows): Finding | undefined {
  const unfinished = rows.get("unfinished") ?? [];
  if (!rows.has("installed")) return finding("odoo", "fail", "its database is empty: run platform up");
  if (unfinished.length === 0) return undefined;
  const named = unfinished.map(([name, state]) => `${name} is "${state}"`);
  const detail = `an update of its modules did not end: ${listed(named)}; see platform logs --type deploy`;
  return finding("odoo", "fail", detail, { figure: unfinished.length, unit: "unfinished modules", limit: 1 });
}

function queue(rows: Rows): Finding {
  const waiting = [rows.get("mail_waiting")?.[0], rows.get("jobs_waiting")?.[0]].filter(
    (row) => row !== undefined,
  );
  const count = sum(waiting.map(([number]) => Number(number)));
  const figure = Math.round(Math.max(0, ...waiting.map(([, seconds]) => Number(seconds))) / 60);
  const failed = { mails: first(rows, "mail_failed"), jobs: first(rows, "jobs_failed") };
  const told = [
    `${count} waiting`,
    failed.mails > 0 && `${failed.mails} mails failed`,
    failed.jobs > 0 && `${failed.jobs} jobs failed`,
    !rows.has("jobs_failed") && "queue_job is not installed",
  ].filter(Boolean);
  const state = worst([stateOf(figure, waitingMinutes), failed.mails + failed.jobs > 0 ? "warn" : "ok"]);
  return finding("queue", state, told.join(", "), { figure, unit: "minutes", ...waitingMinutes });
}

function cron(rows: Rows): Finding {
  if (!rows.has("cron_late_seconds")) return finding("cron", "fail", "Odoo's database is empty");
  const figure = Math.round(first(rows, "cron_late_seconds") / 60);
  const state = stateOf(figure, cronMinutes);
  const detail =
    state === "ok"
      ? "scheduled actions run when they are due"
      : "a scheduled action is overdue; see platform logs --of cron";
  return finding("cron", state, detail, { figure, unit: "minutes late", ...cronMinutes });
}

function parsed(text: string): Rows {
  const rows: Rows = new Map();
  for (const line of text.split("\n").filter(Boolean)) {
    const [key = "", ...values] = line.split("|");
    rows.set(key, [...(rows.get(key) ?? []), values]);
  }
  return rows;
}

const first = (rows: Rows, key: string): number => Number(rows.get(key)?.[0]?.[0] ?? 0);
const sum = (numbers: number[]): number => numbers.reduce((all, one) => all + one, 0);

/** The first few of a list, and how many more there are. */
export function listed(items: string[], most = 3): string {
  const rest = items.length - most;
  return [...items.slice(0, most), ...(rest > 0 ? [`${rest} more`] : [])].join(", ");
}
