import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { root } from "../tools/paths.ts";
import { specFaults } from "./spec/kit.ts";
import type { Outcome, Run } from "./verb.ts";

/** Checks every spec kit of the checkout: its four pages, and that each task says how it stands. */
export const run: Run = async (): Promise<Outcome> => {
  const folder = join(root, "spec");
  const kits = existsSync(folder)
    ? readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory())
    : [];
  const faults = kits.flatMap(({ name }) => specFaults(name, (page) => read(join(folder, name, page))));
  const none = kits.length === 0 ? ["spec/: holds no kit"] : [];
  const all = [...none, ...faults];
  return {
    exit: all.length > 0 ? "findings" : "done",
    json: { kits: kits.map(({ name }) => name), faults: all },
    text:
      all.length > 0
        ? [`${all.length} findings in the spec kits:`, ...all.map((fault) => `  ${fault}`)].join("\n")
        : `The spec kits are in order: ${kits.map(({ name }) => name).join(", ")}.`,
  };
};

const read = (file: string): string | undefined =>
  existsSync(file) ? readFileSync(file, "utf8") : undefined;
