import type { Release } from "../../components/release.ts";
import type { Settings } from "../../settings/schema.ts";
import { confirm, confirmName } from "../confirm.ts";
import type { Looks } from "../deploy/gate.ts";
import { isSandbox } from "../engine-env.ts";
import type { PlatformStack } from "../stack.ts";
import type { PlatformReading } from "../stack-reader.ts";
import type { Context } from "../verb.ts";
import type { Known } from "./choose.ts";
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

/** Shows what will happen, and asks: for the stack's name where data would be lost, else yes or no. */
export async function confirmBack({ context }: Pick<Start, "context">, card: BackCard): Promise<void> {
  const { stack, progress } = context;
  progress.note(`${backCardText(card)}\n`);
  if (card.data)
    return await confirmName(context, `What was written since ${card.data.copy.madeAt} would be lost.`);
  if (!isSandbox(stack)) await confirm(context, { severity: "moderate", dataLost: [] });
}
