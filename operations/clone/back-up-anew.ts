import { UserError } from "../../user-error.ts";
import { runScript } from "../backups/machine.ts";
import { type Now, nowSchema } from "../backups/schema.ts";
import type { Start } from "../rollback/start.ts";

/**
 * The target's bucket has backups of the database that it had; what it has now is another one. Never throws: the clone is there.
 */
export async function backUpAnew(
  { context, reading }: Start,
  newDatabase: boolean,
): Promise<Pick<Now, "ok" | "reason" | "point">> {
  const { stack, signal, progress } = context;
  try {
    return await runScript(reading, ["odoo-backup.sh", "now", ...(newDatabase ? ["--new-database"] : [])], {
      signal,
      progress,
      title: `Backing ${stack} up`,
      schema: nowSchema,
    });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { ok: false, reason: error.message, point: null };
  }
}
