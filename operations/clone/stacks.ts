import type { Settings } from "../../settings/schema.ts";
import { UserError } from "../../user-error.ts";

/** Which stack's data come to which. */
export interface Pair {
  from: string;
  to: string;
}

/**
 * Refuses what no clone may be, by the settings alone.
 * @throws {UserError} badInput
 */
export function requirePair({ from, to }: Pair, source: Settings, target: Settings): void {
  if (target.platform.environment === "production")
    throw new UserError("badInput", `--to: ${to} is production; a clone goes to staging or a sandbox`, {
      hint: `To bring production's own data back: platform restore --stack ${to}.`,
    });
  if (target.mail.kind !== "catcher")
    throw new UserError("badInput", `--to: ${to} lets mail out (mail.kind is ${target.mail.kind})`, {
      hint: "A clone only comes to a stack that catches every mail: set mail.kind to catcher there.",
      next: `platform up --stack ${to}`,
    });
  for (const [stack, settings] of [
    [from, source],
    [to, target],
  ] as const)
    if (settings.host.kind === "app" || settings.database.kind === "managed")
      throw new UserError(
        "badInput",
        `${stack}: its database is a managed one, which the provider forks; there is no backup to clone from`,
      );
  if (source.odoo.series !== target.odoo.series)
    throw new UserError(
      "badInput",
      `--to: ${to} is of Odoo ${target.odoo.series}, ${from} of ${source.odoo.series}; data goes with its series`,
      { hint: `Set odoo.series of ${to} to ${source.odoo.series}, then platform up.` },
    );
}
