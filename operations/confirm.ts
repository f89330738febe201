import { UserError } from "../user-error.ts";
import type { Card } from "./card.ts";
import type { Context } from "./verb.ts";

/**
 * Asks by severity: nothing for mild, yes or no for moderate, the stack's name typed where data would be lost. Without
 * a terminal nothing is asked: it fails and names the flag.
 *
 * @throws {UserError} cancelled, for a no; badInput, without a terminal
 */
export async function confirm(context: Context, card: Pick<Card, "severity" | "dataLost">): Promise<void> {
  const { stack, options, ask } = context;
  if (card.severity === "mild") return;
  if (card.severity === "severe") {
    const lost = card.dataLost.map(({ name }) => name).join(", ");
    await confirmName(context, `Data would be lost (${lost}).`);
    return;
  }
  if (options["yes"] === true) return;
  if (!ask)
    throw new UserError("badInput", `${stack}: this change wants a yes; there is no terminal to ask at`, {
      hint: "Add --yes.",
    });
  const answer = await ask(`Change ${stack}? [y/N]`);
  if (!/^y(es)?$/i.test(answer.trim()))
    throw new UserError("cancelled", "Not confirmed; nothing was changed.");
}

/**
 * Asks for the stack's name, typed or by --confirm.
 * @throws {UserError} cancelled, for another name; badInput, without a terminal
 */
export async function confirmName({ stack, options, ask }: Context, why: string): Promise<void> {
  const given = options["confirm"];
  if (given === undefined && !ask) {
    throw new UserError("badInput", `${why} There is no terminal to ask at.`, {
      hint: `Add --confirm=${stack}.`,
    });
  }
  const typed = given ?? (await ask?.(`${why} Type the stack's name to go on`));
  if (typed !== stack) throw new UserError("cancelled", `"${typed}" is not "${stack}"; nothing was changed.`);
}
