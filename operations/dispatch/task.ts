import { UserError } from "../../user-error.ts";
import { callOdoo, type OdooAnswer } from "../odoo-call.ts";
import type { PlatformReading } from "../stack-reader.ts";
import type { Dispatch } from "./payload.ts";

const answerMs = 5000;

/**
 * Asks Odoo whether it knows the task, and whether it is approved. An Odoo that does not answer, or has no module that could,
 * holds nothing back: the signature has said already that it comes from there.
 *
 * @returns what could not be asked, in one sentence
 * @throws {UserError} notAuthenticated for a task that Odoo does not know, or that is not approved
 */
export async function checkTask(
  reading: PlatformReading,
  { task_id, nonce, image_tag, environment }: Dispatch,
  signal: AbortSignal,
): Promise<string | undefined> {
  let answer: OdooAnswer;
  try {
    const bounded = AbortSignal.any([signal, AbortSignal.timeout(answerMs)]);
    answer = await callOdoo(
      reading,
      "/odoo_platform/task",
      { task_id, nonce, image_tag, environment },
      bounded,
    );
  } catch (error) {
    signal.throwIfAborted();
    return `Odoo could not be asked about task ${task_id} (${(error as Error).message})`;
  }
  const { status, json } = answer;
  // A page instead of JSON is Odoo's own 404: the module is not installed.
  if (status === 404 && json?.["error"] !== undefined)
    throw new UserError("notAuthenticated", `the dispatch's task ${task_id} is unknown in Odoo`);
  if (status === 200 && json?.["approved"] === true) return undefined;
  if (status === 200 && json?.["approved"] === false)
    throw new UserError("notAuthenticated", `the dispatch's task ${task_id} is not approved in Odoo`);
  return `Odoo answered ${status} when asked about task ${task_id}`;
}
