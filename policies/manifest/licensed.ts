import type { AddonFault } from "../../catalog/addons.ts";
import { type ManifestCheck, modulesOf, type PlacedModule } from "./check.ts";

/**
 * Licences that go with Odoo's own LGPL-3, by how much they ask of what is built on them. GPL-2 alone cannot be combined
 * with version 3, and what is "other" or proprietary has terms that nobody here has read.
 * @see https://www.odoo.com/documentation/19.0/developer/reference/backend/module.html (the values there are)
 * @see https://www.gnu.org/licenses/gpl-faq.html#AllCompatibility
 */
const strength: Readonly<Record<string, number>> = {
  "LGPL-3": 1,
  "GPL-2 or any later version": 2,
  "GPL-3": 2,
  "GPL-3 or any later version": 2,
  "AGPL-3": 3,
};

/** Modules may run beside Odoo Community, and none is built on one whose licence asks more than its own grants. */
export const licensed: ManifestCheck = {
  name: "manifest/licensed",
  description: "Every module's licence goes with Odoo's and with those of the modules it depends on.",
  find: (addons) => {
    const modules = new Map(modulesOf(addons).map((module) => [module.name, module]));
    return [...modules.values()].flatMap((module) => ofModule(module, modules));
  },
};

function ofModule(module: PlacedModule, modules: ReadonlyMap<string, PlacedModule>): AddonFault[] {
  const { license, depends } = module;
  const path = `${module.path}.license`;
  const own = strength[license];
  if (own === undefined) {
    const fix = `leave the module out; what goes with it is ${Object.keys(strength).join(", ")}`;
    return [{ path, fault: `"${license}" does not go with Odoo Community's LGPL-3`, fix }];
  }
  const stricter = depends
    .flatMap((name) => modules.get(name) ?? [])
    .filter((one) => (strength[one.license] ?? 0) > own);
  return stricter.map((one) => ({
    path,
    fault: `is ${license}, but it depends on ${one.name} under ${one.license}`,
    fix: `license it under ${one.license}, or do without ${one.name}`,
  }));
}
