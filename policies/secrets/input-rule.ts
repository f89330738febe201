import type { ReportViolation, ResourceValidationArgs, ResourceValidationPolicy } from "@pulumi/policy";
import { format, inputsOf, type Input } from "./inputs.ts";

/** A resource as a rule sees it. */
export interface Declared {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  readonly inputs: readonly Input[];
}

export interface InputRule {
  /** The rule's path below policies/, without its ending. */
  readonly name: string;
  readonly description: string;
  /** Which inputs the rule is about. One that is not known in a preview is reported as unchecked, not passed over. */
  readonly concerns: (input: Input, type: string) => boolean;
  /** Reports each fault among the inputs that the rule is about. */
  readonly check: (
    declared: Declared,
    report: (input: Input, fault: string, fix: string) => void,
  ) => Promise<void>;
}

/**
 * Makes a rule that can tell a Pulumi secret from plain text. The framework shows the mark to remediations alone, so the
 * rule has one that changes nothing: it notes which inputs are secret, and the validation right after it makes use of
 * the note. At the level "remediate" both run, and a violation counts as mandatory. Without a note (remediation switched
 * off) every input counts as plain: the rule then refuses too much rather than too little.
 */
export function inputRule({ name, description, concerns, check }: InputRule): ResourceValidationPolicy {
  const secretPaths = new Map<string, ReadonlySet<string>>();
  return {
    name,
    description,
    enforcementLevel: "remediate",
    remediateResource: async ({ urn, props }) => {
      const secret = (await inputsOf(props)).filter(({ isSecret }) => isSecret);
      secretPaths.set(urn, new Set(secret.map(({ path }) => format(path))));
    },
    validateResource: async (args, report) => {
      const secret = secretPaths.get(args.urn);
      secretPaths.delete(args.urn);
      const concerned = (await inputsOf(args.props))
        .map((input) => ({ ...input, isSecret: secret?.has(format(input.path)) ?? false }))
        .filter((input) => concerns(input, args.type));
      const known = concerned.filter(({ isUnknown }) => !isUnknown);
      await check({ ...args, inputs: known }, (input, fault, fix) => {
        reportAt(args, report, format(input.path), fault, fix);
      });
      const unknown = concerned.find(({ isUnknown }) => isUnknown);
      if (unknown) readUnknown(args.props, unknown.path);
    },
  };
}

/** `web (digitalocean:index/droplet:Droplet): userData holds ... Fix: ...` */
function reportAt(
  { name, type }: Pick<ResourceValidationArgs, "name" | "type">,
  report: ReportViolation,
  where: string,
  fault: string,
  fix: string,
): void {
  report(`${name} (${type}): ${where} ${fault}. Fix: ${fix}`);
}

/** Reading an unknown value makes the framework say, in a preview, that the rule could not be run on it. */
function readUnknown(props: Record<string, unknown>, path: readonly string[]): void {
  let value: unknown = props;
  for (const key of path) value = (value as Record<string, unknown>)[key];
}
