import { existsSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { UserError } from "../user-error.ts";
import { enterStack } from "./engine-env.ts";
import { newest } from "./evidence/folder.ts";
import { readSettings } from "./project.ts";
import type { Context, Outcome, Run } from "./verb.ts";

/** Puts an evidence folder onto the branch `evidence` of the stack's repository. */
export const run: Run = async ({ stack, options, progress, signal }: Context): Promise<Outcome> => {
  enterStack(stack);
  const folder = folderOf(stack, options["folder"]);
  const { openRepository } = await import("./github-api.ts");
  const { publish } = await import("./evidence/publish.ts");
  const repository = openRepository(stack, readSettings(stack), signal);
  const title = `Putting ${basename(folder)} onto the branch evidence of ${repository.owner}/${repository.repo}`;
  const published = await progress.step(title, () => publish(repository, stack, folder));
  return {
    json: { repository: `${repository.owner}/${repository.repo}`, ...published },
    text: `${published.path} is on the branch ${published.branch}: ${published.url}`,
  };
};

/** @throws {UserError} badInput for what is no evidence */
function folderOf(stack: string, given: string | boolean | undefined): string {
  const folder = typeof given === "string" ? resolve(given) : newest(stack);
  if (folder === undefined) {
    const message = `${stack}: no deploy or rollback of it has left evidence in this clone`;
    throw new UserError("badInput", message, { hint: "Name another folder by --folder." });
  }
  if (existsSync(join(folder, "evidence.json"))) return folder;
  const message = `--folder: ${String(given)} holds no evidence.json; name a folder below .platform/evidence`;
  throw new UserError("badInput", message);
}
