import type { AddonFault, AddonRepository } from "../../catalog/addons.ts";
import { odooSeries } from "../../catalog/odoo-series.ts";
import { inManifest, type ManifestCheck, modulesOf, type PlacedModule, type StackOdoo } from "./check.ts";

/** Odoo takes a module of another series for one that cannot be installed, and says so in its log only. */
export const series: ManifestCheck = {
  name: "manifest/series",
  description: "Every repository and module is of the stack's Odoo series.",
  find: (addons, stack) => [
    ...addons.repositories.flatMap((repository) => ofRepository(repository, addons.repositories[0], stack)),
    ...modulesOf(addons).flatMap(ofModule),
  ],
};

function ofRepository(
  { name, series: own }: AddonRepository,
  first: AddonRepository | undefined,
  stack: StackOdoo | undefined,
): AddonFault[] {
  const path = inManifest(`${name}.series`);
  if (!(odooSeries as readonly string[]).includes(own)) {
    const fix = `write one of ${odooSeries.join(", ")}`;
    return [{ path, fault: `"${own}" is no series that is supported`, fix }];
  }
  if (stack && own !== stack.series) {
    const fix = `take the repository's ${stack.series}, or set odoo.series to "${own}"`;
    return [{ path, fault: `is ${own}, but the stack runs ${stack.series}`, fix }];
  }
  if (!stack && first && own !== first.series) {
    const fix = "take one series for all of them";
    return [{ path, fault: `is ${own}, but ${first.name} is of ${first.series}`, fix }];
  }
  return [];
}

/**
 * OCA numbers modules SERIES.x.y.z, and its wheels carry a further number for commits that left that one unchanged.
 * @see https://github.com/OCA/odoo-community.org/blob/master/website/Contribution/CONTRIBUTING.rst#version-numbers
 */
function ofModule({ path, version, source, repository }: PlacedModule): AddonFault[] {
  const form = source.kind === "wheel" ? /^\d+\.0(\.\d+){3,5}$/ : /^\d+\.0(\.\d+){3}$/;
  if (!form.test(version)) {
    const fix = `write ${repository.series}.x.y.z, and nothing but digits`;
    return [{ path: `${path}.version`, fault: `"${version}" is no exact version`, fix }];
  }
  if (version.startsWith(`${repository.series}.`)) return [];
  const fix = `take a version that begins with ${repository.series}`;
  return [{ path: `${path}.version`, fault: `${version} is not of ${repository.series}`, fix }];
}
