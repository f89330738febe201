import { posix } from "node:path";
import type { AddonFault, AddonMount, Addons } from "../../catalog/addons.ts";
import { inManifest, inMounts, type ManifestCheck, repeated } from "./check.ts";

const extraAddons = "/mnt/extra-addons/";

/** What is declared is mounted, what is mounted is declared, once each, where Odoo looks and cannot write. */
export const mounted: ManifestCheck = {
  name: "manifest/mounted",
  description: "Every mount is declared, and every declared repository is mounted.",
  find: (addons) => [
    ...addons.mounts.flatMap((mount) => [...ofSource(mount, addons), ...ofPath(mount)]),
    ...twice(addons.mounts),
    ...unmounted(addons),
  ],
};

function ofSource({ name, source }: AddonMount, { repositories, local }: Addons): AddonFault[] {
  const path = inMounts(`${name}.source`);
  if (source.kind === "repository") {
    if (repositories.some((one) => one.name === source.repository)) return [];
    const fix = "declare it in the manifest, or take the mount out";
    return [{ path, fault: `no repository ${source.repository} is declared`, fix }];
  }
  const { directory } = source;
  if (posix.isAbsolute(directory) || posix.normalize(directory).startsWith(".."))
    return [{ path, fault: `${directory} is not in this checkout`, fix: "name a folder of it" }];
  if (!local.has(directory))
    return [{ path, fault: `there is no folder ${directory}`, fix: "make it, or take the mount out" }];
  if (local.get(directory)?.length) return [];
  return [{ path, fault: `no module is in ${directory}`, fix: "add one, or take the mount out" }];
}

function ofPath({ name, path: target, readOnly }: AddonMount): AddonFault[] {
  const faults: AddonFault[] = [];
  if (posix.normalize(target) !== target || !target.startsWith(extraAddons) || target.endsWith("/")) {
    const fix = `write ${extraAddons}NAME`;
    faults.push({
      path: inMounts(`${name}.path`),
      fault: `${target} is no folder below ${extraAddons}`,
      fix,
    });
  }
  if (!readOnly) {
    const fault = "lets Odoo change its own code";
    faults.push({ path: inMounts(`${name}.readOnly`), fault, fix: "set it to true" });
  }
  return faults;
}

function twice(mounts: readonly AddonMount[]): AddonFault[] {
  const keys = {
    name: ({ name }: AddonMount) => name,
    path: ({ path }: AddonMount) => path,
    source: ({ source }: AddonMount) => (source.kind === "repository" ? source.repository : source.directory),
  };
  return Object.entries(keys).flatMap(([field, key]) =>
    repeated(mounts, key).map((mount) => ({
      path: inMounts(`${mount.name}.${field}`),
      fault: `${key(mount)} is there twice`,
      fix: "take one of both out",
    })),
  );
}

function unmounted({ repositories, mounts }: Addons): AddonFault[] {
  const used = new Set(
    mounts.flatMap(({ source }) => (source.kind === "repository" ? [source.repository] : [])),
  );
  return repositories
    .filter(({ name }) => !used.has(name))
    .map(({ name }) => ({
      path: inManifest(name),
      fault: "is not mounted, so Odoo does not find its modules",
      fix: "add a mount to addons.manifest.json, or take the repository out",
    }));
}
