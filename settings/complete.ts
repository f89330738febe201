import { UserError } from "../user-error.ts";
import { type RawConfig, checkSettings, missingKeys } from "./check.ts";
import type { Fault } from "./fault.ts";
import type { Settings } from "./schema.ts";
import { howToSet } from "./secrets.ts";

/**
 * The settings, or one error with everything that is wrong with them.
 * @throws {UserError} badInput
 */
export function completeSettings(raw: RawConfig, stack: string): Settings {
  const { settings, faults } = checkSettings(raw);
  const missing = missingKeys(raw, settings);
  const unset = missing.map((key) => ({
    path: key,
    message: `is not set; ${howToSet(key, missing, stack)}`,
  }));
  const all = [...faults, ...nameFaults(settings, stack), ...unset];
  if (all.length > 0) throw new UserError("badInput", faultList(`Pulumi.${stack}.yaml`, all));
  return settings as Settings;
}

/**
 * What the platform's name and the stack's make together, which resources are called: at most 32 letters for an app
 * (https://docs.digitalocean.com/products/app-platform/reference/app-spec/), and 63 for a database cluster, which is NAME-STACK-database.
 */
function nameFaults({ platform, host }: Partial<Settings>, stack: string): Fault[] {
  if (!platform) return [];
  const joined = `${platform.name}-${stack}`;
  if (!/^[a-z0-9-]+$/.test(stack))
    return [
      {
        path: "stack",
        message: `"${stack}" becomes part of names at the vendors, which take lower case letters, digits and dashes`,
      },
    ];
  const longest = host?.kind === "app" ? 32 : 54;
  if (joined.length <= longest) return [];
  const message = `"${joined}", with the stack's name, is longer than the ${longest} characters that DigitalOcean takes here`;
  return [{ path: "platform.name", message }];
}

/** "FILE has 2 faults:" and a line for each. */
export function faultList(file: string, faults: readonly Fault[]): string {
  const count = faults.length === 1 ? "a fault" : `${faults.length} faults`;
  return [`${file} has ${count}:`, ...faults.map(({ path, message }) => `  ${path}: ${message}`)].join("\n");
}
