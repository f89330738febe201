import type { AddonModule, AddonMount, AddonRepository, Addons } from "../../../catalog/addons.ts";
import type { ManifestCheck, StackOdoo } from "../../../policies/manifest/check.ts";

/** Manifests with nothing wrong, and their parts by name, to break one of. */
export function compliant() {
  const queueJob = wheelOf("queue_job", "LGPL-3", ["mail", "web"]);
  const queueTest = wheelOf("queue_test", "AGPL-3", ["queue_job"]);
  const ipaiBase: AddonModule = {
    name: "ipai_base",
    version: "19.0.1.0.0",
    license: "AGPL-3",
    depends: ["queue_test", "base"],
    source: { kind: "git", folder: "addons/ipai_base" },
  };
  const queue = repositoryOf("queue", "a1", [queueJob, queueTest]);
  const own = repositoryOf("own", "b2", [ipaiBase]);
  const queueMount = mountOf("queue");
  const ownMount = mountOf("own");
  const addons: Addons = {
    repositories: [queue, own],
    mounts: [queueMount, ownMount],
    local: new Map(),
    faults: [],
  };
  return { addons, queue, own, queueJob, queueTest, ipaiBase, queueMount, ownMount };
}

export const stack: StackOdoo = { series: "19.0", modules: ["base", "web", "queue_job"] };

function wheelOf(name: string, license: string, depends: string[]): AddonModule {
  const source = { kind: "wheel" as const, distribution: `odoo-addon-${name}`, sha256: "c3".repeat(32) };
  return { name, version: "19.0.1.2.3.4", license, depends, source };
}

function repositoryOf(name: string, digits: string, modules: AddonModule[]): AddonRepository {
  return { name, url: `https://github.com/OCA/${name}`, series: "19.0", commit: digits.repeat(20), modules };
}

function mountOf(name: string): AddonMount {
  return {
    name: `oca-${name}`,
    source: { kind: "repository", repository: name },
    path: `/mnt/extra-addons/oca/${name}`,
    readOnly: true,
  };
}

/** What a check says, one line a fault, as a violation says it. */
export function said(check: ManifestCheck, addons: Addons, of: StackOdoo | undefined = stack): string[] {
  return check.find(addons, of).map(({ path, fault, fix }) => `${path}: ${fault}. Fix: ${fix}`);
}
