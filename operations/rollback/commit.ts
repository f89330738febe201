import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { Release } from "../../components/release.ts";
import { readRun } from "../../sandbox/run.ts";
import { UserError } from "../../user-error.ts";
import { bringCommit } from "../deploy.ts";
import { isSandbox, sandboxDir } from "../engine-env.ts";
import { projectName, readStackFile } from "../project.ts";
import { findImage } from "../registry.ts";
import { buildRelease } from "../sandbox-release.ts";
import type { Outcome } from "../verb.ts";
import { type Worktree, checkOut, loadProgram, programFor } from "./program.ts";
import { sectionsFor } from "./choose.ts";
import { differenceText, restorationOf } from "./settings.ts";
import type { Start } from "./start.ts";

/**
 * Goes to a commit that was never deployed: its image, its program, and the settings of its own stack file where it has one.
 * It passes everything that a deploy passes.
 */
export async function toCommit(start: Start, sha: string): Promise<Outcome> {
  const { context, known } = start;
  const { stack, options, progress } = context;
  if (options["withData"] === true)
    throw new UserError(
      "badInput",
      `--with-data: ${sha.slice(0, 12)} was never deployed, so no data go with it`,
    );
  const worktree = await progress.step(`Checking ${sha.slice(0, 12)} out`, () => checkOut(sha));
  try {
    const release = { ...(await imageOf(start, sha, worktree)), gitSha: sha };
    const other =
      options["program"] === "current" || (await programFor(sha)) === undefined
        ? undefined
        : await loadProgram(worktree.folder);
    const restoration = restorationOf(settingsAt(worktree, stack) ?? known.now.values, known.now, stack);
    for (const { path, why } of restoration.stays) progress.note(`  Stays     ${path}: ${why}`);
    for (const one of restoration.restored) progress.note(`  Settings  ${differenceText(one)}`);
    return await bringCommit(start, release, {
      sections: sectionsFor(restoration, known.now, readStackFile(stack), other?.knows),
      update: other ? { program: sha } : {},
      program: other?.program,
      unknown: other?.takesRelease === false,
    });
  } finally {
    await worktree.remove();
  }
}

/** The sandbox builds it from the checkout; elsewhere whoever builds images has pushed it under its commit. */
async function imageOf(
  { context, settings, reading }: Start,
  sha: string,
  worktree: Worktree,
): Promise<Release> {
  const { stack, progress, signal } = context;
  const world = isSandbox(stack) ? readRun(sandboxDir()) : undefined;
  if (world?.machines && settings.host.kind === "droplet")
    return await buildRelease(stack, world, progress, worktree.folder);
  const { registry, repository } = settings.image;
  const trusted = settings.host.kind === "droplet" ? settings.host.trustedCertificates : [];
  const credentials = reading.secrets.get("registryCredentials");
  for (const tag of [sha, sha.slice(0, 12), sha.slice(0, 7)]) {
    const found = await findImage({ registry, repository, tag }, { credentials, trusted, signal });
    if (found) return { registry, repository, tag, digest: found.digest };
  }
  throw new UserError(
    "badInput",
    `${registry}/${repository}: has no image of ${sha.slice(0, 12)}, which was never deployed`,
    {
      hint: `Build it from that commit and push it under the tag ${sha}. Nothing was changed.`,
    },
  );
}

/** Plain sections of the stack's file as that commit has it; undefined where it has none. */
function settingsAt(worktree: Worktree, stack: string): Record<string, unknown> | undefined {
  const file = join(worktree.folder, `Pulumi.${stack}.yaml`);
  if (!existsSync(file)) return undefined;
  const { config = {} } = parse(readFileSync(file, "utf8")) as { config?: Record<string, unknown> };
  const prefix = `${projectName()}:`;
  return Object.fromEntries(
    Object.entries(config)
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, value]) => [key.slice(prefix.length), value]),
  );
}
