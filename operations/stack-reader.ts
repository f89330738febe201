import { ExecaError, execa } from "execa";
import type { Release, ReleaseChange } from "../components/release.ts";
import { UserError } from "../user-error.ts";
import { enterStack } from "./engine-env.ts";
import { requirePassphrase, wrongPassphrase } from "./passphrase.ts";
import { projectDir, projectName, readStackFile } from "./project.ts";

/** What a stack's last update said of itself, as far as whatever looks at what runs needs it. */
export interface PlatformReading {
  stack: string;
  outputs: {
    url: string;
    /** An IPv4 address, or the app's host name. */
    address: string;
    hostKind: "droplet" | "app";
    /** Id of the droplet or the app at DigitalOcean. */
    hostId: string;
    /** Where SSH is answered, and by which host key; since the machine was configured. */
    machine?: { address: string; port?: number; hostKey: string };
    domains?: { odoo: string; n8n?: string };
    mail?: "catcher" | "mailgun" | "smtp";
    /** PEM of the authorities, beside the public ones, that vouch for it. */
    trustedCertificates?: string[];
    /** Where backups go. */
    backupBucket?: string;
    /** What serves. */
    release?: Release;
    /** What bringing it did on the machine. */
    change?: ReleaseChange;
  };
  /** Every secret setting by its key, in plain text: never to be printed, nor written to a file. */
  secrets: ReadonlyMap<string, string>;
}

/**
 * Reads a stack's outputs and secret settings, in half a second: by the CLI alone, since the Automation API would load the
 * whole program first. Reads only; what changes a stack is in `stack.ts`.
 *
 * @throws {UserError} noSuchStack without settings, state or a finished update; notAuthenticated for another passphrase
 */
export async function readStack(stack: string, signal: AbortSignal): Promise<PlatformReading> {
  enterStack(stack);
  readStackFile(stack);
  requirePassphrase(stack);
  const [outputs, secrets] = await Promise.all([
    askPulumi<PlatformReading["outputs"]>(stack, ["stack", "output", "--show-secrets"], signal),
    readSecrets(stack, signal),
  ]);
  if (Object.keys(outputs).length === 0) {
    const message = `${stack}: no update of it has ended yet, so nothing is known to run`;
    throw new UserError("noSuchStack", message, { next: `platform up --stack ${stack}` });
  }
  return { stack, outputs, secrets };
}

/**
 * Every secret setting of a stack, by its key, in plain text.
 * @throws {UserError} notAuthenticated for another passphrase
 */
export async function readSecrets(stack: string, signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
  type Config = Record<string, { value?: string; secret: boolean }>;
  const config = await askPulumi<Config>(stack, ["config", "--show-secrets"], signal);
  const prefix = `${projectName()}:`;
  return new Map(
    Object.entries(config).flatMap(([key, { value, secret }]) =>
      secret && value ? [[key.replace(prefix, ""), value] as const] : [],
    ),
  );
}

/** Pulumi's own exit code for a stack that is not in the backend, since 3.227. */
const stackNotFound = 6;

/**
 * Asks the CLI something of a stack that it answers as JSON.
 * @throws {UserError} noSuchStack, notAuthenticated, failed
 */
export async function askPulumi<T>(stack: string, args: string[], signal: AbortSignal): Promise<T> {
  const all = [...args, "--json", "--stack", stack, "--non-interactive"];
  try {
    const { stdout } = await execa("pulumi", all, {
      cwd: projectDir(),
      stdin: "ignore",
      cancelSignal: signal,
    });
    return JSON.parse(stdout) as T;
  } catch (error) {
    if (!(error instanceof ExecaError)) throw error;
    if (error.exitCode === stackNotFound) {
      const message = `${stack}: has settings, but no state in this backend; it was never brought up`;
      throw new UserError("noSuchStack", message, { next: `platform up --stack ${stack}`, cause: error });
    }
    // What it wrote to stdout holds secrets, and is in the error's own message.
    const message = `${stack}: its state cannot be opened\n  ${String(error.stderr).trim()}`;
    throw (
      wrongPassphrase(stack) ?? new UserError("failed", message, { next: `platform doctor --stack ${stack}` })
    );
  }
}
