import type { AddonFault, Addons } from "../../catalog/addons.ts";
import { readAddons } from "../../catalog/read-addons.ts";
import { inManifest, modulesOf, type StackOdoo } from "./check.ts";
import { checks } from "./checks.ts";

/** A fault, and the rule that it breaks. */
export interface Finding extends AddonFault {
  /** `manifest/pinned`; the file of that name is the rule. */
  rule: string;
}

export interface ManifestReport {
  /** What must be mended: the pack refuses a stack while there is any. */
  findings: Finding[];
  /** What is worth knowing, and forbids nothing. */
  notices: AddonFault[];
  counts: { repositories: number; modules: number; wheels: number; mounts: number };
}

/**
 * Checks both manifests of a checkout, against a stack's Odoo where one is given. Does not throw: files that are missing
 * or broken are findings.
 */
export function verifyManifest(root: string, stack?: StackOdoo): ManifestReport {
  const addons = readAddons(root);
  const modules = modulesOf(addons);
  return {
    findings: checks.flatMap(({ name, find }) =>
      find(addons, stack).map((fault) => ({ rule: name, ...fault })),
    ),
    notices: commitsElsewhere(addons),
    counts: {
      repositories: addons.repositories.length,
      modules: modules.length,
      wheels: modules.filter(({ source }) => source.kind === "wheel").length,
      mounts: addons.mounts.length,
    },
  };
}

/** A commit of another series tells less of where a wheel came from than one of its own would. */
function commitsElsewhere({ repositories }: Addons): AddonFault[] {
  return repositories
    .filter(({ series, commitSeries }) => commitSeries !== undefined && commitSeries !== series)
    .map(({ name, series, commitSeries }) => ({
      path: inManifest(`${name}.commit`),
      fault: `is on ${commitSeries}; its wheels are of ${series} and pinned by hash`,
      fix: "run tools/manifest/refresh.py --commits where github.com can be reached",
    }));
}
