import { readAddons } from "../catalog/read-addons.ts";
import { verifyManifest } from "../policies/manifest/verify.ts";
import { root } from "../tools/paths.ts";
import { isSandbox } from "./engine-env.ts";
import { readSettings, stackNames } from "./project.ts";
import type { Context, Outcome, Run } from "./verb.ts";

/** Every mount, and what comes through it. */
function listed(): string[] {
  const { mounts } = readAddons(root);
  return mounts.map(({ name, path, source }) => {
    const from = source.kind === "repository" ? source.repository : `${source.directory}/`;
    return `  ${name.padEnd(34)} ${path}  from ${from}`;
  });
}

/** Checks the addons manifests, against the stack's series and modules where the stack has settings. */
export const run: Run = async ({ stack, options }: Context): Promise<Outcome> => {
  // A fresh clone has no sandbox settings yet, and its manifests can be checked all the same.
  const known = stackNames().includes(stack) || !isSandbox(stack);
  const report = verifyManifest(root, known ? readSettings(stack).odoo : undefined);
  const { findings, notices, counts } = report;
  const size = `${counts.repositories} repositories, ${counts.modules} modules, ${counts.mounts} mounts`;
  const bad = findings.map(({ rule, path, fault, fix }) => `  ${rule}: ${path} ${fault}; ${fix}`);
  const notes = notices.map(({ path, fault, fix }) => `  Note: ${path} ${fault}; ${fix}`);
  const verdict =
    bad.length > 0 ? `${bad.length} findings in ${size}:` : `The manifests are in order: ${size}.`;
  return {
    exit: bad.length > 0 ? "findings" : "done",
    json: { ...report },
    text: [...(options["verbose"] === true ? listed() : []), verdict, ...bad, ...notes].join("\n"),
  };
};
