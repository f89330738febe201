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
  const all = [...faults, ...unset];
  if (all.length > 0) throw new UserError("badInput", faultList(`Pulumi.${stack}.yaml`, all));
  return settings as Settings;
}

/** "FILE has 2 faults:" and a line for each. */
export function faultList(file: string, faults: readonly Fault[]): string {
  const count = faults.length === 1 ? "a fault" : `${faults.length} faults`;
  return [`${file} has ${count}:`, ...faults.map(({ path, message }) => `  ${path}: ${message}`)].join("\n");
}
