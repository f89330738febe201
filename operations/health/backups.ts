import { lastDrill, type Known, parseKnown, type RunName } from "../backups/known.ts";
import { age, drillDays, hoursSince, isAhead, newestHours } from "../backups/limits.ts";
import { providerBackups } from "../backups/provider.ts";
import { UserError } from "../../user-error.ts";
import { finding, type Finding, type State, worst } from "./check.ts";
import { listed } from "./database.ts";
import { faultOf, type Said } from "./probe.ts";

const figureLimits = { warnLimit: newestHours - 1, limit: newestHours };
const drillWarnDays = 32;
/** A part a week. */
const verifyWarnDays = 9;
/** Of writes that are not in the bucket yet: a minute at most is meant to be. */
const behindSeconds = { warn: 90, fail: 300 };
const queueShares = { warn: 0.25, fail: 0.5 };
const shipMinutes = { warn: 10, fail: 60 };
const segmentBytes = 16 * 1024 * 1024;

interface Fault {
  state: State;
  fault: string;
}

const words: Record<RunName, string> = {
  now: "backup",
  ship: "shipping of files",
  verify: "verification",
  drill: "drill",
};

/** What the machine knows of its backups, judged; what is in the bucket only `platform backup list` asks. */
export function backupsFinding(
  { backups }: { backups: Said },
  { drill, production }: { drill: "monthly" | "weekly" | "never"; production: boolean },
  now: Date,
): Finding {
  if (backups.status !== 0) return finding("backups", "fail", `not known: ${faultOf(backups)}`);
  const known = parseKnown(backups.stdout);
  if (!known)
    return finding("backups", production ? "fail" : "warn", "not set up on the machine; run platform up");
  const [newest] = known.list?.points ?? [];
  const hours = newest ? Math.round(Math.max(0, hoursSince(newest.at, now)) * 10) / 10 : undefined;
  const faults = [
    ...newestFaults(known, production, now),
    ...runFaults(known),
    ...drillFaults(known, drill, production, now),
    ...verifyFaults(known, now),
    ...archiveFaults(known),
    ...shipFaults(known, now),
    ...timerFaults(known),
    ...known.broken.map((file): Fault => ({ state: "fail", fault: `${file} on the machine cannot be read` })),
  ].toSorted((a, b) => Number(b.state === "fail") - Number(a.state === "fail"));
  const state = worst(faults.map((one) => one.state));
  const detail = listed(faults.length > 0 ? faults.map(({ fault }) => fault) : [wellText(known, now)]);
  return finding(
    "backups",
    state,
    detail,
    hours === undefined ? undefined : { figure: hours, unit: "hours old", ...figureLimits },
  );
}

function newestFaults({ list, since }: Known, production: boolean, now: Date): Fault[] {
  const [newest] = list?.points ?? [];
  if (newest && isAhead(newest.at, now))
    return [{ state: "fail", fault: "the newest is of a time that has not come; see the machine's clock" }];
  if (newest) {
    const hours = hoursSince(newest.at, now);
    if (hours < newestHours) return [];
    return [{ state: "fail", fault: `the newest is ${age(hours)} old; platform backup now makes one` }];
  }
  const isNew = since > 0 && now.getTime() / 1000 - since < newestHours * 3600;
  return [
    {
      state: isNew && !production ? "warn" : "fail",
      fault: "there is none yet; platform backup now makes one",
    },
  ];
}

/** Each kind whose last run was not good. One that somebody has stopped is no fault of what it was to do. */
function runFaults({ runs }: Known): Fault[] {
  return Object.entries(runs).flatMap(([name, { ok, reason }]): Fault[] => {
    if (ok) return [];
    const word = words[name as RunName];
    if (reason === "interrupted") return [{ state: "warn", fault: `the last ${word} was stopped` }];
    return [
      { state: "fail", fault: `the last ${word} failed: ${reason?.split("\n")[0] ?? "nobody knows why"}` },
    ];
  });
}

function drillFaults(
  known: Known,
  drill: "monthly" | "weekly" | "never",
  production: boolean,
  now: Date,
): Fault[] {
  if (drill === "never") return [];
  const last = lastDrill(known);
  const way = "platform backup drill proves one";
  if (last === undefined) {
    const days = known.since > 0 ? (now.getTime() / 1000 - known.since) / 86_400 : Infinity;
    if (days >= drillDays) return [{ state: "fail", fault: `none was ever proven; ${way}` }];
    return production ? [{ state: "warn", fault: `none is proven yet; ${way}` }] : [];
  }
  const days = hoursSince(last, now) / 24;
  if (days < drillWarnDays) return [];
  const fault = `the last good drill was ${Math.floor(days)} days ago; ${way}`;
  return [{ state: days >= drillDays ? "fail" : "warn", fault }];
}

function verifyFaults({ runs, since }: Known, now: Date): Fault[] {
  const last = runs.verify?.lastOkAt;
  const days = last ? hoursSince(last, now) / 24 : since > 0 ? (now.getTime() / 1000 - since) / 86_400 : 0;
  if (days < verifyWarnDays) return [];
  const when = last ? `the last verification was ${Math.floor(days)} days ago` : "nothing was ever verified";
  return [{ state: "warn", fault: `${when}; platform backup verify reads them back` }];
}

/** Before there is a restore point the log only waits: there is nothing yet that it would add to. */
function archiveFaults({ waiting, queue, now, list, runs }: Known): Fault[] {
  if (runs.ship?.archive?.dropped === true) {
    const fault = "some of the database's log was given up, so that its disk did not fill";
    return [{ state: "fail", fault: `${fault}; platform backup now begins anew` }];
  }
  const share = queue > 0 ? (waiting.count * segmentBytes) / queue : 0;
  const isFirst = (list?.points ?? []).length === 0;
  const seconds = waiting.count > 0 && !isFirst ? Math.max(0, now - waiting.oldest) : 0;
  const state = worst([
    share >= queueShares.fail || seconds >= behindSeconds.fail ? "fail" : "ok",
    share >= queueShares.warn || seconds >= behindSeconds.warn ? "warn" : "ok",
  ]);
  if (state === "ok") return [];
  const told = [
    `writes of the last ${age((now - waiting.oldest) / 3600)} are not shipped yet`,
    ...(share >= queueShares.warn ? [`${Math.round(share * 100)} % of what may wait`] : []),
  ];
  return [{ state, fault: `${told.join(", ")}; see platform logs --of postgres` }];
}

function shipFaults({ runs, list }: Known, now: Date): Fault[] {
  const { ship } = runs;
  if (!ship || (list?.points ?? []).length === 0) return [];
  const minutes = hoursSince(ship.endedAt, now) * 60;
  if (minutes < shipMinutes.warn) return [];
  const state = minutes >= shipMinutes.fail ? "fail" : "warn";
  return [{ state, fault: `files were last shipped ${age(minutes / 60)} ago` }];
}

function timerFaults({ timers }: Known): Fault[] {
  const dead = Object.entries(timers).filter(([, state]) => state !== "active");
  if (dead.length === 0) return [];
  const names = dead.map(([name, state]) => `${name} is ${state || "gone"}`);
  return [{ state: "fail", fault: `${listed(names, 4)}; run platform up` }];
}

function wellText(known: Known, now: Date): string {
  const [newest] = known.list?.points ?? [];
  const last = lastDrill(known);
  const proven = last === undefined ? "not proven yet" : `proven ${age(hoursSince(last, now))} ago`;
  return `the newest ${newest ? age(hoursSince(newest.at, now)) : ""} ago, ${proven}`;
}

/** What DigitalOcean keeps of an app's cluster. That it can be restored nobody has tried: an app has no machine for it. */
export async function providerFinding(appId: string, now: Date): Promise<Finding> {
  try {
    const { cluster, backups } = await providerBackups(appId);
    const [newest] = backups;
    if (!newest) return finding("backups", "warn", `DigitalOcean has none of ${cluster} yet`);
    const figure = Math.round(Math.max(0, hoursSince(newest.at, now)) * 10) / 10;
    const state = figure >= newestHours ? "fail" : "ok";
    const detail = `DigitalOcean's own of ${cluster}, ${backups.length} days; none is proven`;
    return finding("backups", state, detail, { figure, unit: "hours old", limit: newestHours });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return finding("backups", "fail", `not known: ${error.message}`);
  }
}
