import type { AddonFault } from "../../catalog/addons.ts";
import { coreModules } from "../../catalog/odoo-core.ts";
import { inManifest, type ManifestCheck, modulesOf } from "./check.ts";

/** What a module needs is there: in the manifest, in a mounted folder of this checkout, or in Odoo itself. */
export const closed: ManifestCheck = {
  name: "manifest/closed",
  description: "Every module that another one depends on is known.",
  find: (addons) => {
    const modules = modulesOf(addons);
    const here = new Set([...modules.map(({ name }) => name), ...[...addons.local.values()].flat()]);
    const known = (name: string, core: ReadonlySet<string>): boolean => here.has(name) || core.has(name);
    const lists = new Map(addons.repositories.map(({ series }) => [series, coreModules(series)]));
    return [
      ...[...lists].filter(([, core]) => !core).map(([series]) => noList(series)),
      ...modules.flatMap(({ path, depends, repository }) => {
        const core = lists.get(repository.series);
        const absent = core ? depends.filter((name) => !known(name, core)) : [];
        return absent.map((name) => ({
          path: `${path}.depends`,
          fault: `${name} is neither in the manifest nor part of Odoo ${repository.series}`,
          fix: `run tools/manifest/refresh.py --add ${name}, or leave the module out`,
        }));
      }),
    ];
  },
};

/** Without the list nothing could be told from a misspelt name, so it must not pass. */
const noList = (series: string): AddonFault => ({
  path: inManifest("repositories"),
  fault: `what Odoo ${series} itself brings is not known, so nothing can be checked against it`,
  fix: `make catalog/odoo-core/${series}.txt with tools/manifest/core-modules.sh`,
});
