import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { root } from "./paths.ts";

const folder = join("test", "scenarios");

/** Begins on a computer without machines, and ends with none: these two have to stand at the ends. */
const first = "machine-bare.test.ts";
const last = "machine-down.test.ts";

/** The scenes' files by what they need, each in the order in which it runs. */
export interface SceneFiles {
  machines: string[];
  worlds: string[];
  faults: string[];
}

/** A file whose scenes need a machine is known by what it takes from `test/support`: nobody has to keep a list. */
export function sceneFiles(): SceneFiles {
  const names = readdirSync(join(root, folder)).filter((name) => name.endsWith(".test.ts"));
  const sorted = names.toSorted((one, other) => rank(one) - rank(other) || one.localeCompare(other));
  const kinds = Map.groupBy(sorted, kindOf);
  const paths = (kind: keyof SceneFiles): string[] =>
    (kinds.get(kind) ?? []).map((name) => join(folder, name));
  return { machines: paths("machines"), worlds: paths("worlds"), faults: paths("faults") };
}

const rank = (name: string): number => (name === first ? 0 : name === last ? 2 : 1);

function kindOf(name: string): keyof SceneFiles {
  if (name.startsWith("faults")) return "faults";
  return /support\/(machine|stage|shared-stage)\.ts"/.test(readFileSync(join(root, folder, name), "utf8"))
    ? "machines"
    : "worlds";
}
