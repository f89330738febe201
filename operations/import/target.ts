import type { Settings } from "../../settings/schema.ts";
import { UserError } from "../../user-error.ts";
import type { OdooBackup } from "./backup.ts";

/**
 * Refuses where no backup can come to, by the settings alone.
 * @throws {UserError} badInput
 */
export function requireTarget(
  stack: string,
  settings: Settings,
  { series }: Pick<OdooBackup, "series">,
): void {
  if (settings.host.kind === "app" || settings.database.kind === "managed")
    throw new UserError(
      "badInput",
      `${stack}: its database is a managed one, into which nothing is brought; load it by pg_restore at its provider`,
    );
  if (settings.platform.environment !== "production" && settings.mail.kind !== "catcher")
    throw new UserError(
      "badInput",
      `${stack}: is not production and lets mail out (mail.kind is ${settings.mail.kind})`,
      {
        hint: "Off production a backup comes as a clone, to a stack that catches every mail: set mail.kind to catcher there.",
        next: `platform up --stack ${stack}`,
      },
    );
  if (series !== undefined && series !== settings.odoo.series)
    throw new UserError(
      "badInput",
      `--from: is of Odoo ${series}, and ${stack} runs ${settings.odoo.series}`,
      {
        hint: "Upgrade it first (https://upgrade.odoo.com, or OpenUpgrade), then bring the backup of that.",
      },
    );
}
