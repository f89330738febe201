import { runScript } from "./backups/machine.ts";
import { nowSchema } from "./backups/schema.ts";
import { withMachine } from "./backups/session.ts";
import { nowText } from "./backups/text.ts";
import type { Context, Outcome, Run } from "./verb.ts";

/** Makes a restore point: database and files together, read back before it counts. */
export const run: Run = (context: Context): Promise<Outcome> =>
  withMachine(context, "back up", async ({ reading, signal }) => {
    const { stack, options, progress } = context;
    const made = await runScript(
      reading,
      [
        "odoo-backup.sh",
        "now",
        ...(options["full"] === true ? ["--full"] : []),
        ...(options["newDatabase"] === true ? ["--new-database"] : []),
      ],
      { signal, progress, title: `Backing up ${stack}`, schema: nowSchema },
    );
    return {
      exit: made.ok ? "done" : "failed",
      json: { ...made },
      text: nowText(stack, made),
      next: made.ok ? `platform backup list --stack ${stack}` : `platform health --stack ${stack}`,
    };
  });
