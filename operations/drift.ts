import { checkCredentials } from "./credentials.ts";
import { hasInventory, readDeclared } from "./drift/declared.ts";
import type { MachineDifference } from "./drift/compare.ts";
import { lookIntoMachine } from "./drift/machine.ts";
import type { Difference, Drift } from "./drift/report.ts";
import { readResources } from "./drift/state.ts";
import { driftText } from "./drift/text.ts";
import { lookAtVendors } from "./drift/vendors.ts";
import { enterStack, isSandbox, sandboxDir } from "./engine-env.ts";
import { readSettings } from "./project.ts";
import { redactor } from "./redact.ts";
import { type PlatformReading, readStack } from "./stack-reader.ts";
import type { StateResource } from "./state.ts";
import { readRun } from "../sandbox/run.ts";
import { UserError } from "../user-error.ts";
import type { ExitName } from "../exit-codes.ts";
import type { Progress } from "./progress.ts";
import type { Context, Outcome, Run } from "./verb.ts";

/** Says what is not as it was declared, at the vendors and inside of the machine. Writes nothing. */
export const run: Run = async (context: Context): Promise<Outcome> => {
  const { stack, options } = context;
  const looked = await look(context);
  if (options["fix"] === true) return await (await import("./drift/fix.ts")).fix(context, looked);
  const { drift } = looked;
  if (options["issue"] === true) {
    const { updateIssue } = await import("./drift/issue.ts");
    const issue = await context.progress.step("Updating the issue", () =>
      updateIssue(stack, drift, context.signal),
    );
    return outcome(stack, { ...drift, issue }, `\n${issue.text}`);
  }
  if (options["markdown"] === true) {
    const { driftMarkdown } = await import("./drift/markdown.ts");
    return { ...outcome(stack, drift), text: driftMarkdown(stack, drift) };
  }
  return outcome(stack, drift);
};

/** A machine that cannot be looked into is worse than one that has drifted: nobody knows. */
export const exitOf = ({ drifted, machine }: Drift): ExitName =>
  machine.state === "unreachable" ? "unhealthy" : drifted ? "findings" : "done";

function outcome(stack: string, drift: Drift & { issue?: object }, more = ""): Outcome {
  const fixable = drift.differences.some((one) => one.fixable);
  return {
    exit: exitOf(drift),
    json: { ...drift },
    text: `${driftText(stack, drift)}${more}`,
    ...(fixable ? { next: `platform drift --fix --stack ${stack}` } : {}),
  };
}

/** What was seen, and what whoever mends it has to know. */
export interface Looked {
  drift: Drift;
  /** Those of the differences that are inside of the machine, with the way of each. */
  inside: MachineDifference[];
  reading: PlatformReading;
  resources: readonly StateResource[];
}

/**
 * Looks at all of it.
 * @throws {UserError} notAuthenticated, noSuchStack; failed for a vendor or a machine that does not answer, which is not "clean"
 */
export async function look({ stack, progress, signal }: Context): Promise<Looked> {
  const began = performance.now();
  enterStack(stack);
  const { repositories } = readSettings(stack);
  const [reading, resources] = await progress.step(`Opening ${stack}`, () =>
    Promise.all([readStack(stack, signal), readResources(stack, signal)]),
  );
  // A token that has expired would have the provider take everything for deleted.
  await progress.step("Checking credentials", () => checkCredentials(repositories));
  const vendors = await progress.step("Asking the vendors", (tell) =>
    lookAtVendors({ stack, resources, signal, tell }),
  );
  const machine = await insideOf(reading, resources, progress, signal);
  const outside = await covered(reading, vendors.differences);
  const shown = await covered(reading, machine.differences);
  return {
    drift: {
      drifted: outside.length + shown.length > 0,
      checkedAt: new Date().toISOString(),
      seconds: Math.round((performance.now() - began) / 10) / 100,
      vendors: { resources: vendors.resources, noise: vendors.noise },
      machine: {
        state: machine.state,
        reason: machine.reason,
        inventoryAt: machine.inventoryAt,
        facts: machine.facts,
      },
      differences: [...outside, ...shown.map(withoutWay)],
    },
    inside: shown,
    reading,
    resources,
  };
}

function withoutWay({ way: _way, ...difference }: MachineDifference): Difference {
  return difference;
}

type Inside = Drift["machine"] & { differences: MachineDifference[] };

/**
 * What the machine tells. One that cannot be reached is told with its reason beside what the vendors tell, which may be why.
 * @throws {UserError} failed, where nothing is known to compare it with; locked, while a run changes it
 */
async function insideOf(
  reading: PlatformReading,
  resources: readonly StateResource[],
  progress: Progress,
  signal: AbortSignal,
): Promise<Inside> {
  const { stack, outputs } = reading;
  const nothing = { reason: null, inventoryAt: null, facts: 0, differences: [] };
  if (outputs.hostKind === "app") return { state: "none", ...nothing };
  if (isSandbox(stack) && !readRun(sandboxDir())?.machines) return { state: "row", ...nothing };
  const declared = readDeclared(resources);
  if (!declared) throw noInventory(stack, resources);
  const { inventoryAt } = declared;
  try {
    const compared = await progress.step("Looking into the machine", () =>
      lookIntoMachine(reading, declared, signal),
    );
    return { state: "compared", reason: null, inventoryAt, ...compared };
  } catch (error) {
    if (!(error instanceof UserError) || error.exit === "locked" || signal.aborted) throw error;
    return { state: "unreachable", ...nothing, reason: error.message, inventoryAt };
  }
}

function noInventory(stack: string, resources: readonly StateResource[]): UserError {
  const why = hasInventory(resources) ? "its inventory cannot be read" : "its last update took no inventory";
  return new UserError("failed", `${stack}: ${why}, so nothing is known to compare the machine with`, {
    next: `platform up --stack ${stack}`,
  });
}

/** Without anything that looks like a secret, whoever has put it there. */
async function covered<T extends Difference>({ secrets }: PlatformReading, all: T[]): Promise<T[]> {
  const redact = redactor(secrets.values());
  const text = async (value: string | null): Promise<string | null> =>
    value === null ? null : await redact(value);
  return await Promise.all(
    all.map(async (one) => ({
      ...one,
      name: await redact(one.name),
      expected: await text(one.expected),
      found: await text(one.found),
    })),
  );
}
