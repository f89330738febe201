import { enterStack } from "./engine-env.ts";
import type { Context, Outcome, Run } from "./verb.ts";

/** Makes the signed payload of a deployment, as an approved task in Odoo does. It goes to nobody. */
export const run: Run = async ({ stack, options, signal }: Context): Promise<Outcome> => {
  enterStack(stack);
  const { composed } = await import("./dispatch/compose.ts");
  const payload = await composed(stack, options, signal);
  return { json: { payload }, text: JSON.stringify(payload, null, 2) };
};
