import * as z from "zod";
import type { Addons } from "../../catalog/addons.ts";
import { finding, type Finding } from "./check.ts";
import { listed } from "./database.ts";
import { faultOf, type Probe } from "./probe.ts";

/** `/usr/local/share/odoo-platform/addons.json` of the image: what its build has installed. */
const installedSchema = z.array(
  z.object({ module: z.string(), version: z.string(), repository: z.string(), path: z.string() }),
);

type Declared = Pick<Addons, "repositories" | "mounts" | "local">;
type Installed = z.output<typeof installedSchema>[number];

/**
 * Compares what the running container really has, by its own list and by its folders, with the manifests of this clone.
 * It differs where the release was built from another commit too, which is what somebody on call wants to see.
 */
export function addonsFinding({ addons }: Probe, declared: Declared): Finding {
  if (addons.status !== 0)
    return finding("addons", "fail", `the container cannot be asked: ${faultOf(addons)}`);
  const [list = "", folders = ""] = addons.stdout.split("\n---\n");
  const installed = parsed(list);
  if (!installed) return finding("addons", "fail", "the image's list of addons cannot be read");
  const present = new Set(
    folders
      .split("\n")
      .filter(Boolean)
      .map((file) => file.replace(/\/__manifest__\.py$/, "")),
  );
  const wanted = wantedOf(declared);
  const faults = [
    ...wanted.flatMap((one) => faultsOf(one, installed, present)),
    ...ownModules(declared)
      .filter((path) => !present.has(path))
      .map((path) => `${path} is missing`),
    ...extras(wanted, installed, declared, present).map((name) => `${name} is not in the manifest`),
  ];
  const measured = {
    figure: faults.length,
    unit: `differences in ${wanted.length} modules`,
    limit: 1,
  };
  if (faults.length === 0) return finding("addons", "ok", "as the manifests say", measured);
  return finding("addons", "fail", `${listed(faults)}; deploy a release of this clone`, measured);
}

interface Wanted {
  name: string;
  version: string;
  /** Where Odoo finds it, or undefined where no mount leads to it. */
  path: string | undefined;
}

/** Where the modules of this clone's own folders are to be found. */
const ownModules = ({ mounts, local }: Declared): string[] =>
  mounts.flatMap(({ source, path }) =>
    source.kind === "directory" ? (local.get(source.directory) ?? []).map((name) => `${path}/${name}`) : [],
  );

function wantedOf({ repositories, mounts }: Declared): Wanted[] {
  return repositories.flatMap((repository) => {
    const mount = mounts.find(
      ({ source }) => source.kind === "repository" && source.repository === repository.name,
    );
    return repository.modules.map(({ name, version }) => ({
      name,
      version,
      path: mount && `${mount.path}/${name}`,
    }));
  });
}

function faultsOf({ name, version, path }: Wanted, installed: Installed[], present: Set<string>): string[] {
  const one = installed.find(({ module }) => module === name);
  if (!one) return [`${name} is missing`];
  if (one.version !== version) return [`${name} is ${one.version} instead of ${version}`];
  if (path === undefined) return [];
  return present.has(path) ? [] : [`${name} is not at ${path}`];
}

function extras(
  wanted: Wanted[],
  installed: Installed[],
  { mounts }: Declared,
  present: Set<string>,
): string[] {
  const names = new Set(wanted.map(({ name }) => name));
  const own = mounts.filter(({ source }) => source.kind === "directory").map(({ path }) => `${path}/`);
  const listedToo = installed
    .filter(({ path }) => !own.some((folder) => path.startsWith(folder)))
    .map(({ module }) => module);
  const folders = [...present]
    .filter((path) => !own.some((folder) => path.startsWith(folder)))
    .map((path) => path.slice(path.lastIndexOf("/") + 1));
  return [...new Set([...listedToo, ...folders])].filter((name) => !names.has(name));
}

function parsed(text: string): Installed[] | undefined {
  try {
    return installedSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
