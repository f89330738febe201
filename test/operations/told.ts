import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import { EngineEvents, type EngineReport } from "../../operations/engine-events.ts";

type Props = Record<string, unknown>;
type Metadata = NonNullable<EngineEvent["resourcePreEvent"]>["metadata"];

export interface Step {
  op: string;
  /** "digitalocean:index/droplet:Droplet" */
  type: string;
  name: string;
  old?: Props;
  new?: Props;
  /** What differs, by path, and how: "update", "update-replace". */
  diff?: Record<string, string>;
  /** What differs, where the provider gives no more than names. */
  diffs?: string[];
  protect?: boolean;
  outputs?: Props;
}

export const typeOf = (name: string): string =>
  `digitalocean:index/${name.replace(/^./, (first) => first.toLowerCase())}:${name}`;

const metadataOf = ({
  op,
  type,
  name,
  diff,
  diffs,
  protect = false,
  outputs = {},
  ...step
}: Step): Metadata => {
  const urn = `urn:pulumi:prod::odoo-platform::${type}::${name}`;
  const state = (inputs: Props | undefined) =>
    inputs && { type, urn, id: name, parent: "", inputs, outputs, protect, provider: "" };
  const detailedDiff = Object.fromEntries(
    Object.entries(diff ?? {}).map(([path, diffKind]) => [path, { diffKind, inputDiff: true }]),
  );
  return {
    op,
    urn,
    type,
    old: state(step.old),
    new: state(step.new),
    provider: "",
    ...(diff ? { detailedDiff } : {}),
    ...(diffs ? { diffs } : {}),
  } as unknown as Metadata;
};

const event = (part: Partial<EngineEvent>): EngineEvent => ({ sequence: 1, timestamp: 1, ...part });

export const before = (step: Step): EngineEvent =>
  event({ resourcePreEvent: { metadata: metadataOf(step), planning: true } });

export const after = (step: Step): EngineEvent =>
  event({ resOutputsEvent: { metadata: metadataOf(step), planning: false } });

export const diagnostic = (severity: string, message: string, ephemeral = false): EngineEvent =>
  event({ diagnosticEvent: { message, severity, color: "never", ephemeral } as never });

export const policy = (message: string, enforcementLevel: string, resourceUrn?: string): EngineEvent =>
  event({
    policyEvent: { policyName: "budget", enforcementLevel, message, resourceUrn, color: "never" } as never,
  });

/** What the engine's events come to. */
export function report(...events: EngineEvent[]): EngineReport {
  const collected = new EngineEvents();
  for (const one of events) collected.add(one);
  return collected.report();
}
