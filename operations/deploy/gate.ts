import { setTimeout as sleep } from "node:timers/promises";
import { readRun } from "../../sandbox/run.ts";
import type { Settings } from "../../settings/schema.ts";
import { proofOf } from "../backups/proof.ts";
import { isSandbox, sandboxDir } from "../engine-env.ts";
import { appFindings } from "../health/app.ts";
import type { CheckName, Finding } from "../health/check.ts";
import { lookAt } from "../health/look.ts";
import type { PlatformReading } from "../stack-reader.ts";
import { watch } from "../watch/watch.ts";
import { copiesOf, lostSince, planOf, switchBack } from "./machine.ts";

/** How a platform is looked at after a release has come: the real ways, or what a scene gives in their place. */
export interface Looks {
  look: typeof lookAt;
  watch: typeof watch;
  /** What the machine says a release would do, and which copies of the data it keeps. */
  plan: typeof planOf;
  copies: typeof copiesOf;
  lost: typeof lostSince;
  back: typeof switchBack;
  /** What stands behind its data. */
  proof: typeof proofOf;
  /** Why nobody can look, in a sentence; undefined where everything can be asked. */
  unseen: (stack: string, settings: Settings) => string | undefined;
}

export const looks: Looks = {
  look: lookAt,
  watch,
  plan: planOf,
  copies: copiesOf,
  lost: lostSince,
  back: switchBack,
  proof: proofOf,
  unseen,
};

/** What came of the gate. */
export interface Gated {
  healthy: boolean;
  findings: Finding[];
  /** What failed, in a sentence. */
  why?: string;
  /** What could not be asked. */
  unseen?: string;
}

/** What a release has in its hand. What fails beside it failed before, and going back would not mend it. */
const ofRelease: readonly CheckName[] = [
  "odoo",
  "websocket",
  "database",
  "nginx",
  "queue",
  "cron",
  "containers",
  "addons",
  "deployment",
];

// A machine has looked itself before it let anybody in, and then all who had waited come at once to workers that have everything
// still to load; an app has only just been told.
const patienceSeconds = { droplet: 20, app: 120 } as const;
const pauseMs = 1000;

export interface GateOptions {
  settings: Settings;
  /** How it was before. */
  before?: Finding[] | undefined;
  signal: AbortSignal;
  tell?: (text: string) => void;
}

/**
 * Looks at everything that `health` looks at, until nothing fails that has to do with a release, or its patience ends. What
 * failed before and does not hang on the release is told, and does not count.
 */
export async function gate(
  { look, unseen: cannot }: Looks,
  reading: PlatformReading,
  { settings, before = [], signal, tell }: GateOptions,
): Promise<Gated> {
  const unseen = cannot(reading.stack, settings);
  const ask = unseen === undefined ? look : onlyVendor;
  const end = Date.now() + patienceSeconds[settings.host.kind] * 1000;
  for (;;) {
    const findings = await ask(reading, settings, signal);
    const failed = failedBy(findings, before);
    if (failed.length === 0) return { healthy: true, findings, ...(unseen === undefined ? {} : { unseen }) };
    tell?.(`not yet: ${failed.map(({ name }) => name).join(", ")}`);
    if (Date.now() > end) return { healthy: false, findings, why: sentence(failed) };
    await sleep(pauseMs, undefined, { signal });
  }
}

/** Asked before a release; one that grows too old meanwhile is no reason to leave what has come. */
const guardedBefore: CheckName = "backups";

/** Findings that speak against a release. */
export function failedBy(findings: readonly Finding[], before: readonly Finding[] = []): Finding[] {
  const failedBefore = new Set(before.filter(({ state }) => state === "fail").map(({ name }) => name));
  return findings.filter(
    ({ name, state }) =>
      state === "fail" && name !== guardedBefore && (ofRelease.includes(name) || !failedBefore.has(name)),
  );
}

const sentence = (failed: readonly Finding[]): string =>
  failed.map(({ name, detail }) => `${name}: ${detail}`).join("; ");

/** In a sandbox an app, and a droplet where no machines run, is a row of the vendor's: nothing runs behind it. */
function unseen(stack: string, { host }: Settings): string | undefined {
  if (!isSandbox(stack)) return undefined;
  if (host.kind === "app") return "in the sandbox an app is a row, and nothing runs behind it";
  if (readRun(sandboxDir())?.machines) return undefined;
  return "in this sandbox a droplet is a row, and nothing runs on it";
}

async function onlyVendor({ outputs }: PlatformReading): Promise<Finding[]> {
  return outputs.hostKind === "app" ? await appFindings(outputs.hostId) : [];
}
