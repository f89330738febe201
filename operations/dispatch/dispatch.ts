/** What asks for a deployment from outside: `client_payload` of GitHub's repository_dispatch, or a workflow's inputs. */
export interface Dispatch {
  branch: string;
  commit_message: string;
  /** Of the task in Odoo that was approved. */
  task_id: number;
  environment: string;
  image_tag: string;
  initiated_by: string;
  /** 32 hex digits, good for one time. */
  nonce: string;
  /** ISO 8601, UTC. */
  expires: string;
  /** HMAC-SHA256 over all the rest, 64 hex digits. */
  signature: string;
}

/**
 * Verifies a payload and uses its nonce up.
 * @throws {UserError} notAuthenticated, badInput: forged, altered, expired, used before, or of another environment
 */
export async function acceptDispatch(
  _stack: string,
  _payload: unknown,
  _signal: AbortSignal,
): Promise<Dispatch> {
  return await Promise.reject(new Error("not built yet"));
}
