import type { AddonFault, AddonRepository } from "../../catalog/addons.ts";
import { inManifest, type ManifestCheck, modulesOf, type PlacedModule } from "./check.ts";

const refresh = "run tools/manifest/refresh.py";

/** The same manifest installs the same bytes, today and in a year: a wheel by its hash, a repository by its commit. */
export const pinned: ManifestCheck = {
  name: "manifest/pinned",
  description: "Every wheel is pinned by version and hash, every repository by commit.",
  find: (addons) => [...addons.repositories.flatMap(ofRepository), ...modulesOf(addons).flatMap(ofModule)],
};

function ofRepository({ name, url, commit, commitSeries, series, modules }: AddonRepository): AddonFault[] {
  const faults: AddonFault[] = [];
  if (!/^https:\/\/[\w.-]+(\/[\w.-]+)+$/.test(url)) {
    const fix = "write it as https://github.com/OWNER/NAME";
    faults.push({ path: inManifest(`${name}.url`), fault: "is no https address of a repository", fix });
  }
  const path = inManifest(`${name}.commit`);
  if (commit === undefined) faults.push({ path, fault: "is missing", fix: refresh });
  else if (!/^[0-9a-f]{40}$/.test(commit)) {
    const fault = `"${commit}" is no commit of 40 hexadecimal digits; a branch or tag moves`;
    faults.push({ path, fault, fix: refresh });
  } else if (commitSeries !== undefined && commitSeries !== series && modules.some(fromGit)) {
    const fault = `is on ${commitSeries}, and modules are installed from it`;
    faults.push({ path, fault, fix: `take a commit of the branch ${series} and leave commitSeries out` });
  }
  return faults;
}

const fromGit = ({ source }: { source: { kind: string } }): boolean => source.kind === "git";

function ofModule({ name, path, source }: PlacedModule): AddonFault[] {
  if (source.kind === "git") return [];
  const faults: AddonFault[] = [];
  if (source.sha256 === undefined)
    faults.push({ path: `${path}.source.sha256`, fault: "is missing", fix: refresh });
  else if (!/^[0-9a-f]{64}$/.test(source.sha256)) {
    const fault = "is no sha256 of 64 hexadecimal digits";
    faults.push({ path: `${path}.source.sha256`, fault, fix: refresh });
  }
  // The index takes "-" and "_" for the same: https://peps.python.org/pep-0503/#normalized-names
  if (source.distribution.replaceAll("-", "_") !== `odoo_addon_${name}`) {
    const fault = `"${source.distribution}" is another module's wheel`;
    faults.push({ path: `${path}.source.distribution`, fault, fix: `write odoo-addon-${name}` });
  }
  return faults;
}
