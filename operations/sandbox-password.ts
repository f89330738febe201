import { UserError } from "../user-error.ts";
import { isSandbox } from "./engine-env.ts";
import { readStack } from "./stack-reader.ts";
import type { Context, Outcome, Run } from "./verb.ts";

/** Tells the password of Odoo's administrator, of a sandbox and no other stack: it is made for it and good for nothing else. */
export const run: Run = async ({ stack, signal }: Context): Promise<Outcome> => {
  if (!isSandbox(stack)) {
    throw new UserError("badInput", `--stack: "${stack}" is no sandbox; its password is not for the screen`, {
      hint: `Whoever may read it runs: pulumi config get odooAdminPassword --stack ${stack}`,
    });
  }
  const { outputs, secrets } = await readStack(stack, signal);
  const password = secrets.get("odooAdminPassword") ?? "";
  return { json: { url: outputs.url, login: "admin", password }, text: password };
};
