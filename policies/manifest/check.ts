import {
  type AddonFault,
  type AddonModule,
  type AddonRepository,
  type Addons,
  manifestFile,
  mountsFile,
} from "../../catalog/addons.ts";

/** What the manifests have to fit: the part of a stack's settings about Odoo. */
export interface StackOdoo {
  /** `19.0` */
  series: string;
  /** Technical names of the modules that the stack installs. */
  modules: readonly string[];
}

/** One thing that the manifests have to be. A rule of the pack and a part of `platform manifest verify`. */
export interface ManifestCheck {
  name: `manifest/${string}`;
  description: string;
  /** Without a stack, only what holds for every stack is looked at. */
  find: (addons: Addons, stack: StackOdoo | undefined) => AddonFault[];
}

/** A module with the repository that it stands in, and the path by which faults name it. */
export interface PlacedModule extends AddonModule {
  repository: AddonRepository;
  /** `config/addons_manifest.oca_ipai.json: queue.queue_job` */
  path: string;
}

/** All modules of the manifest. */
export function modulesOf({ repositories }: Addons): PlacedModule[] {
  return repositories.flatMap((repository) =>
    repository.modules.map((module) => ({
      ...module,
      repository,
      path: `${inManifest(repository.name)}.${module.name}`,
    })),
  );
}

export const inManifest = (path: string): string => `${manifestFile}: ${path}`;
export const inMounts = (path: string): string => `${mountsFile}: ${path}`;

/** Those that come a second time, by what makes them the same. */
export function repeated<Item>(items: readonly Item[], key: (item: Item) => string): Item[] {
  const seen = new Set<string>();
  return items.filter((item) => seen.has(key(item)) || !seen.add(key(item)));
}
