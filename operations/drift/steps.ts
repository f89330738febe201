import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import { short } from "../card.ts";
import { nameOf } from "../engine-events.ts";
import { type NoiseRule, noiseFor } from "./noise.ts";
import type { Difference } from "./report.ts";
import { pairOf, valueAt } from "./value.ts";

type Step = NonNullable<EngineEvent["resOutputsEvent"]>["metadata"];

/** What the events of a refresh tell. */
export interface Steps {
  /** Resources of the vendors that were asked for. */
  resources: number;
  differences: Difference[];
  /** Each difference that a rule covers, and whose it is. */
  covered: { rule: NoiseRule; urn: string; difference: Difference }[];
  /** Resources that the vendor says are not there. */
  gone: { urn: string; type: string }[];
  /** Resources that could not be asked for or compared. */
  failed: { urn: string; message: string }[];
}

/**
 * Reads what differs, property by property, off a refresh's events: the old side is what the state knows, the new side is
 * what the vendor answered. The engine masks secrets in both.
 */
export function readSteps(events: readonly EngineEvent[]): Steps {
  const steps: Steps = { resources: 0, differences: [], covered: [], gone: [], failed: [] };
  for (const { resOutputsEvent, diagnosticEvent } of events) {
    if (diagnosticEvent?.severity === "error" && diagnosticEvent.urn)
      steps.failed.push({ urn: diagnosticEvent.urn, message: diagnosticEvent.message.trim() });
    if (resOutputsEvent && isVendors(resOutputsEvent.metadata.type)) take(steps, resOutputsEvent.metadata);
  }
  return steps;
}

/** A command has nothing that could be read back; components and the engine's own are nobody's. */
export const isVendors = (type: string): boolean => /^(?:digitalocean|github):/.test(type);

function take(steps: Steps, step: Step): void {
  const { urn, type } = step;
  steps.resources += 1;
  if (step.op === "delete") {
    steps.gone.push({ urn, type });
    steps.differences.push({
      ...about(step),
      what: "missing",
      property: null,
      expected: "there",
      found: null,
    });
    return;
  }
  for (const property of propertiesOf(step)) {
    const pair = pairOf(side(step.old, property), side(step.new, property));
    const difference: Difference = { ...about(step), what: "changed", property, ...pair };
    const rule = noiseFor(type, property);
    if (rule) steps.covered.push({ rule, urn, difference });
    else steps.differences.push(difference);
  }
}

/** The paths that differ; for a secret, whose value nobody can read, the time at which somebody wrote it. */
function propertiesOf(step: Step): string[] {
  const detailed = Object.keys(step.detailedDiff ?? {});
  if (detailed.length > 0) return detailed;
  if (step.op === "update" && step.diffs?.length) return step.diffs;
  const written = "updatedAt";
  const isSecret = /^github:index\/(?:actions|dependabot)\w*Secret:/.test(step.type);
  return isSecret && side(step.old, written) !== side(step.new, written) ? [written] : [];
}

const side = (state: Step["old"], path: string): unknown =>
  valueAt(state?.outputs, path) ?? valueAt(state?.inputs, path);

function about(step: Step) {
  return {
    where: "vendor" as const,
    kind: short(step.type),
    name: nameOf(step.urn),
    since: sinceOf(step),
    mend: step.op === "delete" ? "an update makes it anew" : "an update puts it back",
    fixable: true,
  };
}

/** When the vendor says that it was last changed. */
function sinceOf({ old, new: now }: Step): string | null {
  const told: unknown = now?.outputs?.["updatedAt"];
  if (typeof told !== "string" || told === old?.outputs?.["updatedAt"]) return null;
  const time = Date.parse(told);
  return Number.isNaN(time) ? null : new Date(time).toISOString();
}
