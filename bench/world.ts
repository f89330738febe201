import { copyFileSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { root } from "../tools/paths.ts";

/** A sandbox and a project of its own, so that a measurement touches nothing of the clone's. */
export interface World {
  env: Record<string, string>;
  project: string;
  platform: (...args: string[]) => Promise<string>;
  close: () => Promise<void>;
}

/** Starts a world with its two stacks' settings made, and nothing brought up. */
export async function openWorld(): Promise<World> {
  const dir = mkdtempSync(join(tmpdir(), "odoo-platform-bench-"));
  const project = mkdtempSync(join(tmpdir(), "odoo-platform-bench-"));
  copyFileSync(join(root, "Pulumi.yaml"), join(project, "Pulumi.yaml"));
  // The engine looks whether the program is there, also when it runs inline.
  symlinkSync(join(root, "index.ts"), join(project, "index.ts"));
  const env = {
    PLATFORM_SANDBOX: dir,
    PLATFORM_SANDBOX_PORT: "0",
    PLATFORM_PROJECT: project,
    PLATFORM_PLUGINS: "stand-in",
    PLATFORM_SANDBOX_MACHINES: "rows",
    TIMEOUT: "1800",
  };
  const platform = async (...args: string[]): Promise<string> =>
    (await execa(join(root, "bin", "platform"), args, { env, stdin: "ignore" })).stdout;
  await platform("sandbox", "up", "--only-world");
  const close = async (): Promise<void> => {
    await platform("sandbox", "down");
    for (const folder of [dir, project]) rmSync(folder, { recursive: true, force: true });
  };
  return { env, project, platform, close };
}

/** Lifts the budget, so that twenty platforms in one program are not refused. */
export function liftBudget({ project }: World): void {
  const file = join(project, "Pulumi.sandbox.yaml");
  writeFileSync(file, readFileSync(file, "utf8").replace(/usdPerMonth: .*/, "usdPerMonth: 100000"));
}
