import type { AddonFault, Addons } from "../../catalog/addons.ts";
import { coreModules } from "../../catalog/odoo-core.ts";
import { inManifest, inMounts, type ManifestCheck, modulesOf, repeated, type StackOdoo } from "./check.ts";

/** Of two modules by one name Odoo takes the first on its path and says nothing. */
export const unique: ManifestCheck = {
  name: "manifest/unique",
  description: "Each module is in exactly one place.",
  find: (addons, stack) => [...repositoriesTwice(addons), ...modulesTwice(addons, stack)],
};

function repositoriesTwice({ repositories }: Addons): AddonFault[] {
  const names = repeated(repositories, ({ name }) => name);
  const urls = repeated(repositories, ({ url }) => url.toLowerCase());
  const fix = "make one repository of both";
  return [
    ...names.map(({ name }) => ({ path: inManifest(name), fault: "is there twice", fix })),
    ...urls.map(({ name, url }) => ({
      path: inManifest(`${name}.url`),
      fault: `${url} is there twice`,
      fix,
    })),
  ];
}

interface Place {
  path: string;
  /** The repository or folder, as people call it. */
  where: string;
  series: string | undefined;
}

function modulesTwice(addons: Addons, stack: StackOdoo | undefined): AddonFault[] {
  const places = placesOf(addons, stack);
  const faults = [...places].map(([name, at]): AddonFault | undefined => {
    const [first] = at;
    const core = at.find(({ series }) => series !== undefined && coreModules(series)?.has(name));
    if (core) {
      const fault = `stands in for the module of that name in Odoo ${core.series}`;
      return { path: core.path, fault, fix: "leave it out, or give it a name of its own" };
    }
    if (!first || at.length === 1) return undefined;
    const fault = `is in ${at.map(({ where }) => where).join(" and in ")}`;
    return { path: first.path, fault, fix: "leave it in one of them" };
  });
  return faults.filter((fault) => fault !== undefined);
}

/** Where each module is, by its name. */
function placesOf(addons: Addons, stack: StackOdoo | undefined): Map<string, Place[]> {
  const places = new Map<string, Place[]>();
  const put = (name: string, place: Place): unknown => places.set(name, [...(places.get(name) ?? []), place]);
  for (const { name, path, repository } of modulesOf(addons))
    put(name, { path, where: repository.name, series: repository.series });
  // A folder of this checkout has no series of its own: it is of the stack's.
  const series = stack?.series ?? addons.repositories[0]?.series;
  for (const [folder, names] of addons.local)
    for (const name of names) put(name, { path: inMounts(`${folder}/${name}`), where: folder, series });
  return places;
}
