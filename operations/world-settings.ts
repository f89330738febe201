import { readFileSync } from "node:fs";
import { join } from "node:path";
import { names } from "../sandbox/machines/addresses.ts";
import { readRun } from "../sandbox/run.ts";
import { isSandbox, sandboxDir } from "./engine-env.ts";
import type { Generated } from "./generate.ts";
import type { StackFile } from "./project.ts";

/** The certificate of the running sandbox's own authority; undefined where it has no machines. */
export function worldAuthority(): string | undefined {
  const run = readRun(sandboxDir());
  if (!run?.machines) return undefined;
  return readFileSync(join(run.dir, "authority", "ca.pem"), "utf8");
}

/** Secrets of a sandbox's stack that its world has made, and the stack does not have yet. */
export function worldSecrets(stack: string, { values }: StackFile): Generated[] {
  const run = readRun(sandboxDir());
  const { registry } = (values["image"] ?? {}) as { registry?: unknown };
  if (!isSandbox(stack) || !run?.machines || registry !== names.registry || "registryCredentials" in values)
    return [];
  const value = `sandbox:${run.credentials.registryPassword}`;
  return [{ key: "registryCredentials", value, secret: true }];
}
