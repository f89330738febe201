import type { ResourceValidationPolicy } from "@pulumi/policy";
import type { StackOdoo } from "./check.ts";

export const platformType = "odoo-platform:index:OdooPlatform";

/** Without these the other rules could not hold a platform to its own series and modules, and would let it through. */
export const stack: ResourceValidationPolicy = {
  name: "manifest/stack",
  description: "Every platform says its Odoo series and modules.",
  enforcementLevel: "mandatory",
  validateResource: ({ type, name, props }, report) => {
    if (type !== platformType || odooOf(props)) return;
    report(`${name} (${type}): odoo: has no series or no list of modules. Fix: declare it with both`);
  },
};

/** The series and modules that a platform's inputs name; undefined where they do not. */
export function odooOf(props: Record<string, unknown>): StackOdoo | undefined {
  const { series, modules } = (props["odoo"] ?? {}) as { series?: unknown; modules?: unknown };
  if (typeof series !== "string" || !Array.isArray(modules)) return undefined;
  return modules.every((name) => typeof name === "string") ? { series, modules } : undefined;
}
