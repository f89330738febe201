import type { ResourceValidationPolicy } from "@pulumi/policy";
import type { Addons } from "../../catalog/addons.ts";
import type { ManifestCheck } from "./check.ts";
import { odooOf, platformType } from "./stack.ts";

/**
 * The rule that holds every platform of a stack to a check. It looks at the platform's inputs, since to validateStack the
 * framework shows a component's outputs only.
 */
export function ruleOf(
  { name, description, find }: ManifestCheck,
  read: () => Addons,
): ResourceValidationPolicy {
  return {
    name,
    description,
    enforcementLevel: "mandatory",
    validateResource: ({ type, name: platform, props }, report) => {
      if (type !== platformType) return;
      for (const { path, fault, fix } of find(read(), odooOf(props)))
        report(`${platform} (${type}): ${path}: ${fault}. Fix: ${fix}`);
    },
  };
}
