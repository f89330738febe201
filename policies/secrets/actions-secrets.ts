import type { ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import { inputRule } from "./input-rule.ts";
import type { Input } from "./inputs.ts";
import { configValues } from "./stack-secrets.ts";

const secretTypes = /^github:index\/(?:actions|dependabot|codespaces)\w*Secret:/;
const fix =
  "keep the value as a secret of the stack (pulumi config set --secret KEY) and read it with config.requireSecret";

/** Marked values that no configuration explains, by URN: the properties whose dependencies are still to be asked for. */
const unexplained = new Map<string, string[]>();

const marked = inputRule({
  name: "secrets/actions-secrets",
  description: "Actions secrets come from the stack's secrets, never from plain values.",
  concerns: ({ path }, type) => secretTypes.test(type) && isValue(path),
  check: async ({ urn, inputs }, report) => {
    for (const input of inputs) {
      if (!input.isSecret) report(input, "comes from a plain value", fix);
      else if (!isFromConfig(input))
        unexplained.set(urn, [...(unexplained.get(urn) ?? []), input.path[0] ?? ""]);
    }
  },
});

/**
 * Actions secrets come from the stack's secrets or from another resource. The mark alone does not prove it: the GitHub
 * SDK puts it on whatever it is given, a literal in the program too. So a marked value has to hold a value of the stack's
 * configuration, or to depend on a resource, which the framework tells only when the whole stack is known.
 */
export const actionsSecrets: ResourceValidationPolicy & StackValidationPolicy = {
  ...marked,
  validateStack: ({ resources }, report) => {
    for (const { urn, name, type, propertyDependencies } of resources) {
      for (const property of unexplained.get(urn) ?? []) {
        if (propertyDependencies[property]?.length) continue;
        report(`${name} (${type}): ${property} comes from a plain value in the program. Fix: ${fix}`, urn);
      }
      unexplained.delete(urn);
    }
  },
};

const isValue = (path: readonly string[]): boolean => ["plaintextValue", "value"].includes(path[0] ?? "");

/** True as well where the engine does not tell the configuration: then the mark has to do. */
function isFromConfig({ value }: Input): boolean {
  if (process.env["PULUMI_CONFIG"] === undefined) return true;
  return Object.values(configValues()).some((one) => one !== "" && value.includes(one));
}
