import type { Release } from "../../components/release.ts";
import type { Settings } from "../../settings/schema.ts";
import { UserError } from "../../user-error.ts";
import { confirm, confirmName } from "../confirm.ts";
import { checkCredentials } from "../credentials.ts";
import type { Looks } from "../deploy/gate.ts";
import { isSandbox } from "../engine-env.ts";
import { recover } from "../recover.ts";
import type { PlatformStack } from "../stack.ts";
import { type PlatformReading, readStack } from "../stack-reader.ts";
import type { Context } from "../verb.ts";
import { type Known, knownOf } from "./choose.ts";
import { type BackCard, backCardText } from "./show.ts";

/** What is known before anything is changed. */
export interface Start {
  context: Context;
  settings: Settings;
  looks: Looks;
  known: Known;
  reading: PlatformReading;
  /** The release that serves. */
  previous: Release;
  opened: PlatformStack;
  unsure: string[];
}

/**
 * Learns it, for data that are brought into a stack.
 * @throws {UserError} badInput: nothing of it runs yet; notAuthenticated
 */
export async function startOf(context: Context, settings: Settings, looks: Looks): Promise<Start> {
  const { stack, progress, signal } = context;
  const { opened, unsure } = await recover(context);
  const [known, reading] = await progress.step("Checking credentials, history and stack", () =>
    Promise.all([knownOf(context), readStack(stack, signal), checkCredentials(settings.repositories)]),
  );
  const previous = reading.outputs.release ?? known.past.newest?.release;
  if (!previous) throw new UserError("badInput", `${stack}: no release of it runs yet`);
  return { context, settings, looks, known, reading, previous, opened, unsure };
}

/** Shows what will happen, and asks: for the stack's name where data would be lost, else yes or no. */
export async function confirmBack({ context }: Pick<Start, "context">, card: BackCard): Promise<void> {
  const { stack, progress } = context;
  progress.note(`${backCardText(card)}\n`);
  if (card.data)
    return await confirmName(context, `What was written since ${card.data.copy.madeAt} would be lost.`);
  if (!isSandbox(stack)) await confirm(context, { severity: "moderate", dataLost: [] });
}
