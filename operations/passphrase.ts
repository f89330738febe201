import { createDecipheriv, pbkdf2Sync } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { UserError } from "../user-error.ts";
import { readStackFile } from "./project.ts";

/**
 * Pulumi Cloud keeps the key of a stack's secrets; every other backend needs a passphrase, and asks for it at a prompt
 * that nobody sees. So it is asked for before.
 *
 * @throws {UserError} notAuthenticated
 */
export function requirePassphrase(stack: string, env: NodeJS.ProcessEnv = process.env): void {
  const { PULUMI_CONFIG_PASSPHRASE: phrase, PULUMI_CONFIG_PASSPHRASE_FILE: file } = env;
  if (isCloud(env) || phrase !== undefined) return;
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

/**
 * Whether the passphrase is another one than the stack was encrypted with. Asked after a failure, because it takes a
 * third of a second and the engine tells it as text only.
 *
 * @param salt `encryptionsalt` of the stack's file: "v1:SALT:v1:NONCE:BOX", where the box holds the word "pulumi"
 * @see https://github.com/pulumi/pulumi/blob/master/sdk/go/common/resource/config/crypt.go
 */
function isWrongPassphrase(salt: string | undefined, env: NodeJS.ProcessEnv = process.env): boolean {
  const { PULUMI_CONFIG_PASSPHRASE: phrase, PULUMI_CONFIG_PASSPHRASE_FILE: file } = env;
  const passphrase = phrase ?? (file === undefined ? undefined : readFileSync(file, "utf8").trim());
  const [version, salted = "", , nonce = "", box = ""] = salt?.split(":") ?? [];
  if (version !== "v1" || passphrase === undefined || isCloud(env)) return false;
  const key = pbkdf2Sync(passphrase, Buffer.from(salted, "base64"), 1_000_000, 32, "sha256");
  const sealed = Buffer.from(box, "base64");
  const cipher = createDecipheriv("aes-256-gcm", key, Buffer.from(nonce, "base64"));
  cipher.setAuthTag(sealed.subarray(-16));
  cipher.update(sealed.subarray(0, -16));
  try {
    cipher.final();
    return false;
  } catch {
    return true;
  }
}

/** What to say after a failure, where the passphrase is another one than the stack's. */
export function wrongPassphrase(stack: string): UserError | undefined {
  if (!isWrongPassphrase(readStackFile(stack).salt)) return undefined;
  const message = `${stack}: its secrets were encrypted with another passphrase`;
  return new UserError("notAuthenticated", message, {
    hint: "Set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE to the one that the stack was made with.",
  });
}

function isCloud(env: NodeJS.ProcessEnv): boolean {
  const backend = env["PULUMI_BACKEND_URL"];
  if (backend !== undefined) return backend.startsWith("https://");
  return env["PULUMI_ACCESS_TOKEN"] !== undefined || loggedInTo(env).startsWith("https://");
}

/** The backend that `pulumi login` has chosen; "" before the first login. */
function loggedInTo(env: NodeJS.ProcessEnv): string {
  const folder = env["PULUMI_CREDENTIALS_PATH"] ?? env["PULUMI_HOME"] ?? join(homedir(), ".pulumi");
  const file = join(folder, "credentials.json");
  if (!existsSync(file)) return "";
  const { current = "" } = JSON.parse(readFileSync(file, "utf8")) as { current?: string };
  return current;
}
