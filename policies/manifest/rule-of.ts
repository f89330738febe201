import type { ResourceValidationPolicy } from "@pulumi/policy";
import type { Addons } from "../../catalog/addons.ts";
import type { ManifestCheck, StackOdoo } from "./check.ts";

const platformType = "odoo-platform:index:OdooPlatform";

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
      const tell = (what: string): void => report(`${platform} (${type}): ${what}`);
      const stack = stackOf(props["odoo"]);
      if (!stack) {
        tell("odoo: says no series and list of modules. Fix: give it both, as settings/schema.ts does");
        return;
      }
      for (const { path, fault, fix } of find(read(), stack)) tell(`${path}: ${fault}. Fix: ${fix}`);
    },
  };
}

function stackOf(odoo: unknown): StackOdoo | undefined {
  if (typeof odoo !== "object" || odoo === null) return undefined;
  const { series, modules } = odoo as { series?: unknown; modules?: unknown };
  if (typeof series !== "string" || !Array.isArray(modules)) return undefined;
  return modules.every((name) => typeof name === "string") ? { series, modules } : undefined;
}
