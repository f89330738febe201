import { type Release, releaseWith } from "../../components/release.ts";
import { UserError } from "../../user-error.ts";
import type { Now } from "../backups/schema.ts";
import { go } from "../rollback/go.ts";
import { cardOf } from "../rollback/show.ts";
import type { Start } from "../rollback/start.ts";
import type { Outcome } from "../verb.ts";
import { backUpAnew } from "./back-up-anew.ts";

export interface SwapIn {
  verb: "clone" | "import";
  /** The release that goes with the data. */
  release: Release;
  /** Id of the copy on the machine's volume. */
  copy: string;
  /** They are another database than the one that the bucket has backups of. */
  newDatabase: boolean;
}

export interface SwappedIn {
  outcome: Outcome;
  /** The backup that was made of it at once: nothing of it can be restored before. */
  backup: Pick<Now, "ok" | "reason" | "point">;
}

/**
 * The way of a rollback with data: one update of the engine, in which the machine swaps the copy in; and a backup of it. Where that
 * fails, it is not well.
 * @throws {UserError} badInput: no update has come up yet; as `go`
 */
export async function swapIn(
  start: Start,
  { verb, release: image, copy, newDatabase }: SwapIn,
): Promise<SwappedIn> {
  const { context, settings, previous, known } = start;
  const { stack } = context;
  const [point] = known.past.points;
  if (!point) throw new UserError("badInput", `${stack}: no update of it has come up yet`);
  const release = releaseWith(image, copy);
  const outcome = await go(start, {
    verb,
    point,
    release,
    restoration: { restored: [], stays: [], sections: {} },
    card: { ...cardOf(stack, settings.platform.domain, previous, release), update: null },
    other: undefined,
  });
  const backup = await backUpAnew(start, newDatabase);
  if (backup.ok || (outcome.exit ?? "done") !== "done") return { outcome, backup };
  return { outcome: { ...outcome, exit: "unhealthy", next: `platform backup now --stack ${stack}` }, backup };
}

/** The lines of a card that every such swap has. */
export const swapLines = ({ known, context: { stack } }: Start): { downtime: string; wayBack: string } => ({
  downtime: "under a minute: a maintenance page while the data is swapped in",
  wayBack: `platform rollback --to ${known.past.newest?.number ?? "NUMBER"} --with-data --stack ${stack}`,
});
