import { coreModules } from "../../catalog/odoo-core.ts";
import { type ManifestCheck, modulesOf } from "./check.ts";

/** What a stack installs exists. Odoo itself only warns of a module that it does not find, and goes on without it. */
export const knownModules: ManifestCheck = {
  name: "manifest/known-modules",
  description: "Every module that a stack installs is in the manifest or part of Odoo.",
  find: (addons, stack) => {
    if (!stack || addons.faults.length > 0) return [];
    const core = coreModules(stack.series);
    const here = new Set([
      ...modulesOf(addons).map(({ name }) => name),
      ...[...addons.local.values()].flat(),
    ]);
    if (!core)
      return [
        {
          path: "odoo.series",
          fault: `what Odoo ${stack.series} itself brings is not known, so its modules cannot be checked`,
          fix: `make catalog/odoo-core/${stack.series}.txt with tools/manifest/core-modules.sh`,
        },
      ];
    return stack.modules
      .filter((name) => !here.has(name) && !core.has(name))
      .map((name) => ({
        path: "odoo.modules",
        fault: `${name} is neither in the manifest nor part of Odoo ${stack.series}`,
        fix: `run tools/manifest/refresh.py --add ${name}, or take it out`,
      }));
  },
};
