import { enterStack } from "../engine-env.ts";
import { openRepository } from "../github-api.ts";
import { openLog } from "../log-file.ts";
import { printable } from "../logs/line.ts";
import { readSettings } from "../project.ts";
import { readStack } from "../stack-reader.ts";
import { useNonce } from "./nonce.ts";
import type { Dispatch } from "./payload.ts";
import { checkTask } from "./task.ts";
import { verify } from "./verify.ts";

export type { Dispatch } from "./payload.ts";

/**
 * Verifies a payload and uses its nonce up. Every refusal and every acceptance is a line in `.platform/logs/`.
 *
 * @throws {UserError} badInput for what is no payload, or is for another stack; notAuthenticated for one that was forged,
 *   altered, has expired, was used before, or names a task that Odoo does not know
 */
export async function acceptDispatch(
  stack: string,
  payload: unknown,
  signal: AbortSignal,
): Promise<Dispatch> {
  const log = openLog(stack, "dispatch");
  try {
    const { dispatch, unasked } = await accepted(stack, payload, signal);
    log.write(`${lineOf("accepted", payload)}${unasked === undefined ? "" : `note: ${unasked}\n`}`);
    return dispatch;
  } catch (error) {
    log.write(`${lineOf("refused", payload)}why: ${(error as Error).message}\n`);
    throw error;
  }
}

async function accepted(stack: string, payload: unknown, signal: AbortSignal) {
  enterStack(stack);
  const settings = readSettings(stack);
  const reading = await readStack(stack, signal);
  const secrets = ["webhookSecret", "webhookSecretPrevious"].flatMap((key) => reading.secrets.get(key) ?? []);
  const environments = [...new Set([settings.platform.environment, stack])];
  const dispatch = verify(payload, { secrets, environments, now: new Date() });
  const repository = openRepository(stack, settings, signal);
  const unasked = await checkTask(reading, dispatch, signal);
  // Last: what is refused for another reason does not use it up.
  await useNonce(repository, dispatch.nonce);
  return { dispatch, unasked };
}

/** Who asked for what, without the signature, which is good until the nonce is used. */
function lineOf(what: "accepted" | "refused", payload: unknown): string {
  const keys = typeof payload === "object" && payload !== null ? { ...payload } : { payload };
  if ("signature" in keys) delete keys.signature;
  return `${new Date().toISOString()} ${what}: ${printable(JSON.stringify(keys)).slice(0, 4000)}\n`;
}
