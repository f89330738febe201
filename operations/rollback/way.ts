import { UserError } from "../../user-error.ts";
import { type Data, dataFor, lostText } from "./data.ts";
import { MachineRefusal } from "../deploy/machine.ts";
import type { Start } from "./start.ts";
import { type Applied, type Point, aheadOf, between } from "./targets.ts";

/** What stands between what runs and an update, in the database. */
interface Way {
  /** Module updates that its release does not know. */
  inTheWay: Applied[];
  /** Modules that it updates itself, when it is ahead of the data: after a way back with data. */
  ahead: string[];
}

/**
 * By the machine, which compares the add-ons of both releases; by the history alone where there is no machine to ask, and for
 * what the machine cannot know: which update it was, and whether the target is behind or ahead.
 */
export async function wayOf({ context, known, reading, settings, looks }: Start, point: Point): Promise<Way> {
  const { stack, signal } = context;
  const inTheWay = between(known.past, point);
  const ahead = [...new Set(aheadOf(known.past, point).flatMap(({ modules }) => modules ?? []))];
  if (settings.host.kind === "app") return { inTheWay: [], ahead };
  // Where nobody can be asked, what nobody has noted bars no way.
  const certain = inTheWay.filter(({ modules }) => modules !== null);
  if (looks.unseen(stack, settings) !== undefined) return { inTheWay: certain, ahead };
  const plan = await looks.plan(reading, point.release, { signal }).catch((error: unknown) => {
    // Add-ons that are older than the database's.
    if (error instanceof MachineRefusal && inTheWay.length > 0) return "older" as const;
    throw error;
  });
  if (plan === "older") return { inTheWay, ahead: [] };
  if (plan === undefined) return { inTheWay: certain, ahead };
  if (plan.kind !== "modules") return { inTheWay: [], ahead: [] };
  if (inTheWay.length > 0) return { inTheWay, ahead: [] };
  if (ahead.length > 0) return { inTheWay: [], ahead: plan.modules };
  // After a way back with data the machine is asked before whether the image is older: it is not, so it goes forward.
  if (known.past.newest?.release?.data !== undefined && !known.past.halfWay)
    return { inTheWay: [], ahead: plan.modules };
  // Else it was done by an update that failed later on, or by somebody whom the history does not know.
  const { number, release } = known.past.halfWay ?? known.past.newest ?? point;
  return {
    inTheWay: [{ number, tag: release?.tag ?? "", modules: plan.modules, before: point.release }],
    ahead: [],
  };
}

/** @throws {UserError} badInput: module updates lie between and their data are not asked for */
export async function dataOf(
  { context, reading, looks }: Start,
  point: Point,
  updates: Applied[],
): Promise<Data | undefined> {
  const { stack, options, signal } = context;
  if (options["withData"] === true) return await dataFor(looks, reading, point.release, updates, signal);
  const [first] = updates;
  if (!first) return undefined;
  const modules = [...new Set(updates.flatMap((one) => one.modules ?? []))].join(", ") || "modules";
  const message = `${stack}: update ${first.number} (${first.tag}) has updated ${modules} in the database, and ${point.release.tag} cannot work with that`;
  const data = await dataFor(looks, reading, point.release, updates, signal).catch(() => undefined);
  const to = typeof options["to"] === "string" ? ` --to ${options["to"]}` : "";
  throw new UserError("badInput", message, {
    hint: data
      ? `--with-data brings database and files back too, as they were before (copy ${data.copy.id}). It loses ${lostText(data.lost)}.`
      : "No copy of the data goes with it any more: restore a backup instead.",
    ...(data ? { next: `platform rollback --with-data${to} --confirm ${stack} --stack ${stack}` } : {}),
  });
}
