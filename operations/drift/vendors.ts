import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import { UserError } from "../../user-error.ts";
import type { StateResource } from "../state.ts";
import { appEnvsDiffer } from "./asked.ts";
import { type NoiseRule, counted } from "./noise.ts";
import type { Difference, Noise } from "./report.ts";
import { isVendors, readSteps, type Steps } from "./steps.ts";
import { compareUnreadable } from "./unreadable.ts";

/** More resources than these do not go away by hand in an hour: more likely a token sees less than it did. */
export const believedDeletions = 5;

export interface Vendors {
  resources: number;
  noise: Noise[];
  differences: Difference[];
}

interface Options {
  stack: string;
  resources: readonly StateResource[];
  signal: AbortSignal;
  tell: (text: string) => void;
}

/**
 * What differs at both vendors from what the state knows. Writes nothing.
 * @throws {UserError} failed: a vendor does not answer, or so much is gone that it is not believed
 */
export async function lookAtVendors({ stack, resources, signal, tell }: Options): Promise<Vendors> {
  const { PlatformStack } = await import("../stack.ts");
  const opened = await PlatformStack.open(stack);
  const events: EngineEvent[] = [];
  let refused: Error | undefined;
  try {
    await opened.refreshPreview({ signal, tell, hear: (event) => void events.push(event) });
  } catch (error) {
    if (signal.aborted || !(error instanceof UserError)) throw error;
    refused = error;
  }
  const steps = readSteps(events);
  const compared = await compareUnreadable(steps, resources);
  const left = steps.failed.filter(({ urn }) => !compared.has(urn));
  if (refused !== undefined && (left.length > 0 || steps.failed.length === 0)) throw refused;
  requireBelievable(stack, steps, resources);
  const { rules, differences } = await uncovered(steps, resources);
  return {
    resources: steps.resources,
    noise: counted(rules),
    differences: [...steps.differences, ...differences, ...[...compared.values()].flat()],
  };
}

/** Noise that is more than noise. */
async function uncovered(
  { covered }: Steps,
  resources: readonly StateResource[],
): Promise<{ rules: NoiseRule[]; differences: Difference[] }> {
  const differences: Difference[] = [];
  for (const [urn, all] of Map.groupBy(covered, (one) => one.urn)) {
    const [first] = all;
    const resource = resources.find((one) => one.urn === urn);
    if (first?.rule.verify !== "appEnvs" || !resource) continue;
    for (const key of await appEnvsDiffer(resource))
      differences.push({ ...first.difference, property: `variable ${key}`, expected: null, found: null });
  }
  return { rules: covered.map(({ rule }) => rule), differences };
}

/**
 * A weak or expired token is told 404, which the provider takes for "deleted"
 * (https://github.com/pulumi/pulumi-github/issues/202).
 */
export function requireBelievable(
  stack: string,
  { gone }: Pick<Steps, "gone">,
  resources: readonly Pick<StateResource, "urn" | "type" | "id">[],
): void {
  const vendorOf = ({ type }: { type: string }): string => type.split(":")[0] ?? "";
  const all = Map.groupBy(
    resources.filter(({ id, type }) => id !== undefined && isVendors(type)),
    vendorOf,
  );
  const whole = [...Map.groupBy(gone, vendorOf)].find(
    ([vendor, some]) => some.length > 1 && some.length === all.get(vendor)?.length,
  );
  if (gone.length <= believedDeletions && !whole) return;
  const which = whole ? `everything at ${whole[0]}` : `${gone.length} resources`;
  const message = `${stack}: ${which} would be gone, which is not believed; nothing was written`;
  throw new UserError("failed", message, {
    hint: "A token that sees less than it did is told the same. If it is true, platform up makes anew what is missing after a refresh.",
    next: `platform doctor --stack ${stack}`,
  });
}
