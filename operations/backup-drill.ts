import { drillOf } from "./backups/drill.ts";
import { withMachine } from "./backups/session.ts";
import { drillText } from "./backups/text.ts";
import type { Context, Outcome, Run } from "./verb.ts";

/** Proves a backup: restores it beside what serves, without a network, and takes all of that away again. */
export const run: Run = (context: Context): Promise<Outcome> =>
  withMachine(context, "drill", async ({ reading, signal }) => {
    const { stack, options, progress } = context;
    const { point } = options;
    const drill = await drillOf(reading, {
      point: typeof point === "string" ? point : undefined,
      signal,
      progress,
    });
    return {
      exit: drill.ok ? "done" : "unhealthy",
      json: { ...drill },
      text: drillText(stack, drill),
      next: drill.ok
        ? `platform backup list --stack ${stack}`
        : `platform logs --type deploy --stack ${stack}`,
    };
  });
