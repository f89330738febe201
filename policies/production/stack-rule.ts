import type { ReportViolation, ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import { isUnknown, rawEntries } from "../unknown.ts";
import { type PlatformInputs, platformType } from "./platform.ts";

/** A resource with the inputs that the program gave it. */
export interface Declared<Props = Record<string, unknown>> {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  readonly props: Props;
}

export interface StackRule {
  readonly name: string;
  readonly description: string;
  readonly check: (
    declared: { platforms: readonly Declared<PlatformInputs>[]; resources: readonly Declared[] },
    report: ReportViolation,
  ) => void;
}

/**
 * Makes a rule about what stands together in a stack. The framework shows a whole stack by its outputs only, where the
 * platform's settings are not: so the inputs are noted as each resource comes by, and judged when all have. A value that
 * is not known before the update is missing from the note.
 */
export function stackRule({
  name,
  description,
  check,
}: StackRule): ResourceValidationPolicy & StackValidationPolicy {
  const noted = new Map<string, Declared>();
  return {
    name,
    description,
    enforcementLevel: "mandatory",
    validateResource: (args) => {
      noted.set(args.urn, { type: args.type, name: args.name, urn: args.urn, props: known(args.props) });
    },
    validateStack: ({ resources }, report) => {
      const declared = resources.flatMap(({ urn }) => noted.get(urn) ?? []);
      const platforms = declared.filter(({ type }) => type === platformType);
      check({ platforms, resources: declared }, report);
    },
  };
}

/** A copy without what is not known yet. */
function known(value: object): Record<string, unknown> {
  return copy(value) as Record<string, unknown>;
}

function copy(value: unknown): unknown {
  if (isUnknown(value)) return undefined;
  if (typeof value !== "object" || value === null) return value;
  const entries = rawEntries(value).map(([key, property]) => [key, copy(property)] as const);
  return Array.isArray(value) ? entries.map(([, element]) => element) : Object.fromEntries(entries);
}
