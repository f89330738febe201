import { readFileSync, readdirSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { isAlive } from "./alive.ts";
import { findOrphan } from "./orphans.ts";
import { projectName } from "./project.ts";
import type { Context } from "./verb.ts";

/**
 * Finishes what a killed update left: breaks the engine's lock when its owner is dead, and adopts what was made at the
 * vendor but not yet written down, so that the next update goes on instead of making it twice.
 *
 * An update that is killed leaves its lock and "pending operations" behind
 * (https://github.com/pulumi/pulumi/issues/4265), and the engine alone would forget what they made.
 */
export async function recover({ stack, progress, signal }: Context): Promise<void> {
  const { PlatformStack } = await import("./stack.ts");
  const opened = await PlatformStack.open(stack, { create: true });
  if (deadLock(stack))
    await progress.step("Breaking the lock of an update that was killed", () => opened.unlock());
  const { deployment } = await opened.exportState();
  const pending = deployment.pending_operations ?? [];
  if (pending.length === 0) return;
  await progress.step(`Finishing ${pending.length} operations of an update that was killed`, async (tell) => {
    const known = new Set((deployment.resources ?? []).map(({ id }) => id));
    const orphans: { urn: string; id: string }[] = [];
    for (const { resource, type } of pending) {
      if (type !== "creating") continue;
      tell(resource.urn);
      const id = await findOrphan(resource, known);
      if (id !== undefined) orphans.push({ urn: resource.urn, id });
    }
    await opened.adopt(orphans, signal);
  });
}

/** Whether the file backend's lock on this stack belongs to a process of this machine that is no more. */
function deadLock(stack: string): boolean {
  const backend = process.env["PULUMI_BACKEND_URL"];
  if (!backend?.startsWith("file://")) return false;
  const folder = join(
    backend.slice("file://".length),
    ".pulumi",
    "locks",
    "organization",
    projectName(),
    stack,
  );
  return files(folder).some((file) => {
    const lock = JSON.parse(readFileSync(join(folder, file), "utf8")) as { pid: number; hostname: string };
    return lock.hostname === hostname() && !isAlive(lock.pid);
  });
}

function files(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
