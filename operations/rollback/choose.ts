import { isDeepStrictEqual } from "node:util";
import type { RawConfig } from "../../settings/check.ts";
import { UserError } from "../../user-error.ts";
import { type Entry, sameImage } from "../history/entries.ts";
import { readHistory } from "../history/read.ts";
import { type StackFile, readStackFile } from "../project.ts";
import type { Context } from "../verb.ts";
import { commitOf, isBehind } from "./program.ts";
import { type Restoration, restorationOf } from "./settings.ts";
import { type Past, type Point, lastGood, parseTo, pastOf, pointOf, pointOfCommit } from "./targets.ts";

/** Where it goes: to an update, or to a commit that was never deployed. */
export type Target = { kind: "update"; point: Point } | { kind: "commit"; sha: string };

export interface Known {
  entries: Entry[];
  past: Past;
  /** Settings in force, with the file's secrets. */
  now: RawConfig;
}

/** Reads the whole history of a stack, and what of it bears on going back. */
export async function knownOf({ stack, signal }: Pick<Context, "stack" | "signal">): Promise<Known> {
  const entries = await readHistory(stack, signal);
  const past = pastOf(entries);
  return { entries, past, now: inForce(past, readStackFile(stack)) };
}

/** Settings of the newest update that came up: the file may have been edited since, which nobody has approved yet. */
const inForce = (past: Past, file: StackFile): RawConfig => ({
  ...file,
  values: past.newest ? { ...secretsOf(file), ...past.newest.settings } : file.values,
});

const secretsOf = ({ values, encrypted }: StackFile): Record<string, unknown> =>
  Object.fromEntries(Object.entries(values).filter(([key]) => encrypted.has(key)));

/**
 * What `--to` means, or the last good update where nothing is said. With a terminal it is offered, and another may be chosen.
 * @throws {UserError} badInput
 */
export async function chooseTarget(
  { stack, options, ask }: Context,
  known: Known,
  unsure = false,
): Promise<Target> {
  const { entries, past } = known;
  const to = options["to"];
  if (typeof to === "string") return await targetOf(to, known);
  const proposed = lastGood(past, (point) => differsFromNow(point, known, stack), unsure);
  if (!proposed) {
    throw new UserError("badInput", `${stack}: no healthy update of it differs from what runs`, {
      next: `platform history --stack ${stack}`,
    });
  }
  if (!ask) return { kind: "update", point: proposed };
  const answer = await ask(
    `Back to which update? ${proposed.number} was ${proposed.release.tag} [${proposed.number}]`,
  );
  if (answer.trim() === "") return { kind: "update", point: proposed };
  return { kind: "update", point: pointOf(entries, past, Number(answer.trim().replace(/^#/, ""))) };
}

async function targetOf(to: string, { entries, past }: Known): Promise<Target> {
  const parsed = parseTo(to);
  if ("number" in parsed) return { kind: "update", point: pointOf(entries, past, parsed.number) };
  const point = pointOfCommit(past, parsed.sha);
  if (point) return { kind: "update", point };
  const sha = await commitOf(parsed.sha);
  // Its program runs with everything that this stack's environment knows: whoever can push a branch must not choose it.
  if (sha !== undefined && !(await isBehind(sha)))
    throw new UserError(
      "badInput",
      `--to: ${parsed.sha} was never deployed, and is not behind what is checked out`,
      {
        hint: "Merge it, or check out the branch that has it. Nothing was changed.",
        next: "platform rollback --list",
      },
    );
  if (sha !== undefined) return { kind: "commit", sha };
  throw new UserError("badInput", `--to: ${parsed.sha} is no commit of this clone, and no update ran one`, {
    hint: "`git fetch` brings commits that others have made.",
    next: "platform rollback --list",
  });
}

export function differsFromNow(point: Point, { past, now }: Known, stack: string): boolean {
  if (!sameImage(point.release, past.newest?.release)) return true;
  return restorationOf(point.settings, now, stack).restored.length > 0;
}

/** What the update is given: restored sections, and for all others those in force, where the file says something else. */
export function sectionsFor(
  { sections }: Restoration,
  now: RawConfig,
  file: StackFile,
  knows: (key: string) => boolean = () => true,
): Record<string, unknown> {
  const keys = new Set([...Object.keys(now.values), ...Object.keys(file.values), ...Object.keys(sections)]);
  const changed: Record<string, unknown> = {};
  for (const key of keys) {
    if (file.encrypted.has(key)) {
      if (!knows(key)) changed[key] = null;
      continue;
    }
    const value = key in sections ? sections[key] : (now.values[key] ?? null);
    const wanted = knows(key) ? value : null;
    if (!isDeepStrictEqual(wanted, file.values[key] ?? null)) changed[key] = wanted;
  }
  return changed;
}
