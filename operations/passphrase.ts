import { existsSync } from "node:fs";
import { UserError } from "../user-error.ts";

/**
 * Pulumi Cloud keeps the key of a stack's secrets; every other backend needs a passphrase, and asks for it at a prompt
 * that nobody sees. So it is asked for before.
 *
 * @throws {UserError} notAuthenticated
 */
export function requirePassphrase(stack: string, env: NodeJS.ProcessEnv = process.env): void {
  const {
    PULUMI_CONFIG_PASSPHRASE: phrase,
    PULUMI_CONFIG_PASSPHRASE_FILE: file,
    PULUMI_BACKEND_URL: backend,
  } = env;
  const cloud =
    backend === undefined ? env["PULUMI_ACCESS_TOKEN"] !== undefined : backend.startsWith("https://");
  if (cloud || phrase !== undefined) return;
  if (file !== undefined && existsSync(file)) return;
  const fault = file === undefined ? "is not set" : `names ${file}, which is not there`;
  const name = file === undefined ? "PULUMI_CONFIG_PASSPHRASE" : "PULUMI_CONFIG_PASSPHRASE_FILE";
  throw new UserError(
    "notAuthenticated",
    `${name}: ${fault}; the secrets of "${stack}" are encrypted with it`,
    {
      hint: "Put the passphrase into a file that only you can read, and its path into PULUMI_CONFIG_PASSPHRASE_FILE.",
    },
  );
}
