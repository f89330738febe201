import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import type { PricedResource } from "../catalog/prices.ts";

/** What an update does, or would do, to one resource. */
export interface Change {
  op: "create" | "update" | "replace" | "delete" | "read";
  urn: string;
  type: string;
  name: string;
  /** Input properties that differ, by path; empty for a new or deleted resource. */
  properties: string[];
  /** Those of them that force a replacement. */
  replacing: string[];
  protected: boolean;
}

/** A policy that was broken. Holds no secret: the rules promise it. */
export interface Violation {
  policy: string;
  /** Refuses the update; an advice does not. */
  mandatory: boolean;
  urn: string | undefined;
  message: string;
}

/** What the engine told while it ran, made from its events alone. */
export interface EngineReport {
  changes: Change[];
  /** Resources that stay as they are. */
  unchanged: number;
  violations: Violation[];
  /** Warnings and errors, as the engine words them. */
  warnings: string[];
  errors: string[];
  /** What the stack declares now, and what it did before, as far as it costs money. */
  priced: { after: PricedResource[]; before: PricedResource[] };
  /** The price that the program itself tells, in USD a month; undefined where it has not run to its end. */
  told: { afterUsd: number | undefined; beforeUsd: number | undefined };
}

type Metadata = NonNullable<EngineEvent["resourcePreEvent"]>["metadata"];

const ops: Record<string, Change["op"]> = {
  create: "create",
  update: "update",
  replace: "replace",
  delete: "delete",
  read: "read",
};

/** Collects events as they come. `report()` may be asked at any time, also after a failure. */
export class EngineEvents {
  readonly #steps = new Map<string, Metadata>();
  readonly #violations: Violation[] = [];
  readonly #warnings: string[] = [];
  readonly #errors: string[] = [];
  #stack: Metadata | undefined;

  /** Resources whose step has ended. */
  finished = 0;

  add(event: EngineEvent): void {
    const { resourcePreEvent, resOutputsEvent, policyEvent, diagnosticEvent } = event;
    if (resourcePreEvent) this.#step(resourcePreEvent.metadata);
    if (resOutputsEvent) {
      this.finished += 1;
      if (resOutputsEvent.metadata.type === "pulumi:pulumi:Stack") this.#stack = resOutputsEvent.metadata;
    }
    if (policyEvent) {
      this.#violations.push({
        policy: policyEvent.policyName,
        mandatory: policyEvent.enforcementLevel === "mandatory",
        urn: policyEvent.resourceUrn,
        message: plain(policyEvent.message).trim(),
      });
    }
    if (!diagnosticEvent || diagnosticEvent.ephemeral) return;
    const text = plain(diagnosticEvent.message).trim();
    if (diagnosticEvent.severity === "warning") this.#warnings.push(text);
    if (diagnosticEvent.severity === "error") this.#errors.push(text);
  }

  report(): EngineReport {
    const steps = [...this.#steps.values()];
    const changes = steps.map(changeOf).filter((change) => change !== undefined);
    return {
      changes,
      unchanged: steps.filter(({ op, type }) => op === "same" && !isBookkeeping(type)).length,
      violations: this.#violations,
      warnings: this.#warnings,
      errors: this.#errors,
      priced: {
        after: steps.flatMap(({ type, urn, new: now }) => (now ? [priced(type, urn, now.inputs)] : [])),
        before: steps.flatMap(({ type, urn, old }) => (old ? [priced(type, urn, old.inputs)] : [])),
      },
      told: { afterUsd: priceIn(this.#stack?.new), beforeUsd: priceIn(this.#stack?.old) },
    };
  }

  // A replacement is told in three steps (create-replacement, replace, delete-replaced): the middle one says it all.
  #step(metadata: Metadata): void {
    const known = this.#steps.get(metadata.urn)?.op;
    if (known === "replace") return;
    if (metadata.op === "create-replacement" || metadata.op === "delete-replaced") return;
    this.#steps.set(metadata.urn, metadata);
  }
}

function changeOf(step: Metadata): Change | undefined {
  const op = ops[step.op];
  if (!op || isBookkeeping(step.type)) return undefined;
  const details = Object.entries(step.detailedDiff ?? {});
  return {
    op,
    urn: step.urn,
    type: step.type,
    name: nameOf(step.urn),
    properties:
      op === "create" || op === "delete"
        ? []
        : propertiesOf(
            step,
            details.map(([path]) => path),
          ),
    replacing: details.filter(([, { diffKind }]) => diffKind.endsWith("replace")).map(([path]) => path),
    protected: step.old?.protect ?? step.new?.protect ?? false,
  };
}

/** The paths that differ, by the provider's own telling where it gives one. */
const propertiesOf = (step: Metadata, detailed: string[]): string[] =>
  detailed.length > 0 ? detailed : (step.diffs ?? []);

// The stack itself, its providers and its look at its own last outputs are the engine's, not the platform's.
const isBookkeeping = (type: string): boolean => type.startsWith("pulumi:");

const priced = (type: string, urn: string, props: Record<string, unknown>): PricedResource => ({
  type,
  name: nameOf(urn),
  props,
});

function priceIn(state: Metadata["new"]): number | undefined {
  const price: unknown = state?.outputs["monthlyPriceUsd"];
  return typeof price === "number" ? price : undefined;
}

export const nameOf = (urn: string): string => urn.slice(urn.lastIndexOf("::") + 2);

// The engine marks colours as <{%bold%}>.
const plain = (text: string): string => text.replaceAll(/<\{%.*?%\}>/g, "");
