import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../../tools/paths.ts";

/** A project of a test's own, which the verbs' code takes for the clone; each test of the suite finds it empty. */
export function projectFolder(): { path: () => string; write: (file: string, text: string) => void } {
  let path = "";
  const before = process.env["PLATFORM_PROJECT"];
  beforeEach(() => {
    path = mkdtempSync(join(tmpdir(), "platform-project-"));
    cpSync(join(root, "Pulumi.yaml"), join(path, "Pulumi.yaml"));
    process.env["PLATFORM_PROJECT"] = path;
  });
  afterEach(() => {
    rmSync(path, { recursive: true });
    if (before === undefined) delete process.env["PLATFORM_PROJECT"];
    else process.env["PLATFORM_PROJECT"] = before;
  });
  return { path: () => path, write: (file, text) => writeFileSync(join(path, file), text) };
}
