import type { AddonFault, AddonRepository } from "../../catalog/addons.ts";
import { odooSeries } from "../../catalog/odoo-series.ts";
import { inManifest, type ManifestCheck, modulesOf, type PlacedModule, type StackOdoo } from "./check.ts";

/** Odoo takes a module of another series for one that cannot be installed, and says so in its log only. */
export const series: ManifestCheck = {
  name: "manifest/series",
  description: "Every repository and module is of the stack's Odoo series.",
  find: (addons, stack) => [
    ...addons.repositories.flatMap(supported),
    ...strangers(addons.repositories, stack),
    ...modulesOf(addons).flatMap(ofModule),
  ],
};

const isSupported = (one: string): boolean => (odooSeries as readonly string[]).includes(one);

function supported({ name, series: own }: AddonRepository): AddonFault[] {
  if (isSupported(own)) return [];
  const fault = `"${own}" is no series that is supported`;
  return [{ path: inManifest(`${name}.series`), fault, fix: `write one of ${odooSeries.join(", ")}` }];
}

/** One fault for each series that is not the stack's, however many repositories are of it. */
function strangers(repositories: readonly AddonRepository[], stack: StackOdoo | undefined): AddonFault[] {
  const expected = stack?.series ?? repositories[0]?.series;
  const others = Map.groupBy(
    repositories.filter((one) => one.series !== expected && isSupported(one.series)),
    (one) => one.series,
  );
  return [...others].map(([other, [first, ...more]]) => {
    const names = more.length > 0 ? `${first?.name} and ${more.length} more are` : `${first?.name} is`;
    return stack
      ? {
          path: inManifest("repositories"),
          fault: `${names} of ${other}, but the stack runs ${stack.series}`,
          fix: `take their ${stack.series}, or set odoo.series to "${other}"`,
        }
      : {
          path: inManifest("repositories"),
          fault: `${names} of ${other}, but ${repositories[0]?.name} is of ${expected}`,
          fix: "take one series for all of them",
        };
  });
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
