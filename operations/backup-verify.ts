import { runScript } from "./backups/machine.ts";
import { verifySchema } from "./backups/schema.ts";
import { withMachine } from "./backups/session.ts";
import { verifyText } from "./backups/text.ts";
import type { Context, Outcome, Run } from "./verb.ts";

/** Reads backups out of the bucket and compares them with their checksums: the next part of them, or all. */
export const run: Run = (context: Context): Promise<Outcome> =>
  withMachine(context, "verify backups", async ({ reading, signal }) => {
    const { stack, options, progress } = context;
    const verified = await runScript(
      reading,
      ["odoo-backup.sh", "verify", ...(options["all"] === true ? ["all"] : [])],
      { signal, progress, title: `Reading the backups of ${stack}`, schema: verifySchema },
    );
    return {
      exit: verified.ok ? "done" : "unhealthy",
      json: { ...verified },
      text: verifyText(stack, verified),
      next: verified.ok
        ? `platform backup list --stack ${stack}`
        : `platform backup now --full --stack ${stack}`,
    };
  });
