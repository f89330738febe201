import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { type Document, parse, parseDocument } from "yaml";
import type { RawConfig } from "../settings/check.ts";
import { completeSettings } from "../settings/complete.ts";
import type { Settings } from "../settings/schema.ts";
import { root } from "../tools/paths.ts";
import { UserError } from "../user-error.ts";

/** The folder of Pulumi.yaml and the stacks' settings: the clone, or another one by PLATFORM_PROJECT (tests use it). */
export const projectDir = (): string => process.env["PLATFORM_PROJECT"] ?? root;

/** The project's name, which prefixes every key of a stack's settings. */
export function projectName(): string {
  const { name } = parse(readFileSync(join(projectDir(), "Pulumi.yaml"), "utf8")) as { name: string };
  return name;
}

export const stackFile = (stack: string): string => join(projectDir(), `Pulumi.${stack}.yaml`);

/** Stacks that have settings here, by name. */
export function stackNames(): string[] {
  return readdirSync(projectDir())
    .map((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1])
    .filter((name) => name !== undefined);
}

/** A stack's settings as written, and whether they hold encrypted values. */
export interface StackFile extends RawConfig {
  /** The salt that Pulumi encrypts with, when the passphrase does it. */
  salt: string | undefined;
}

/**
 * Reads a stack's settings without the engine.
 * @throws {UserError} noSuchStack; badInput for YAML that is none, with line and column
 */
export function readStackFile(stack: string): StackFile {
  const file = stackFile(stack);
  if (!existsSync(file)) {
    const known = stackNames().join(", ") || "none yet";
    throw new UserError("noSuchStack", `Pulumi.${stack}.yaml: there is no such stack; there is ${known}`, {
      next: `platform init --stack ${stack}`,
    });
  }
  const document = parseDocument(readFileSync(file, "utf8"));
  const [fault] = document.errors;
  if (fault) throw new UserError("badInput", `Pulumi.${stack}.yaml: ${firstLine(fault.message)}`);
  const { config, encryptionsalt } = plainObject(document, stack);
  return { ...rawConfig(config ?? {}), salt: encryptionsalt };
}

// The rest shows the line, which may hold a secret.
const firstLine = (message: string): string => message.split("\n")[0]?.replace(/:$/, "") ?? "";

/**
 * A stack's settings, complete and checked, without the engine.
 * @throws {UserError} noSuchStack, badInput
 */
export const readSettings = (stack: string): Settings => completeSettings(readStackFile(stack), stack);

// An alias without its anchor, or one that multiplies itself, is found only here; the library's text may quote a value.
function plainObject(document: Document, stack: string): { config?: object; encryptionsalt?: string } {
  try {
    return (document.toJS() ?? {}) as { config?: object; encryptionsalt?: string };
  } catch (cause) {
    throw new UserError(
      "badInput",
      `Pulumi.${stack}.yaml: has an alias (*name) that leads nowhere or to itself; write the value out`,
      { cause },
    );
  }
}

function rawConfig(config: object): RawConfig {
  const prefix = `${projectName()}:`;
  const own = Object.entries(config)
    .filter(([key]) => key.startsWith(prefix))
    .map(([key, value]) => [key.slice(prefix.length), value] as const);
  return {
    values: Object.fromEntries(own),
    encrypted: new Set(own.filter(([, value]) => holdsSecure(value)).map(([key]) => key)),
    githubOwner: (config as Record<string, string>)["github:owner"],
  };
}

function holdsSecure(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return "secure" in value || Object.values(value).some(holdsSecure);
}
