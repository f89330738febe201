import assert from "node:assert/strict";
import { UserError } from "../../user-error.ts";

/** The error for people that this ends in; every other end fails the test. */
export async function refusalOf(run: () => unknown): Promise<UserError> {
  try {
    await run();
  } catch (error) {
    assert.ok(error instanceof UserError, String(error));
    return error;
  }
  throw new Error("was not refused");
}
