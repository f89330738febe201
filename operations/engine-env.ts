import { delimiter, join } from "node:path";
import { readRun, runEnvironment } from "../sandbox/run.ts";
import { binDir, languagePlugin, root } from "../tools/paths.ts";
import { UserError } from "../user-error.ts";

/** The stacks of the world without an account: their endpoints come from the sandbox, all others' from the environment. */
export const isSandbox = (stack: string): boolean => /^sandbox(-|$)/.test(stack);

/** Where the sandbox keeps its state, passphrase and processes: `.sandbox/`, or PLATFORM_SANDBOX. */
export const sandboxDir = (): string => process.env["PLATFORM_SANDBOX"] ?? join(root, ".sandbox");

/**
 * Puts into this process's environment what the engine, the plugins and the program need for this stack. The program
 * runs in this process, so there is one environment for all of them.
 *
 * @throws {UserError} failed, when the stack is a sandbox's and none runs
 */
export function enterStack(stack: string): void {
  process.env["PATH"] = [binDir, ...otherFolders(process.env["PATH"] ?? "")].join(delimiter);
  // Each is a flag of the engine; one of them switches policies off. What a verb does is said by its own options alone.
  for (const name of Object.keys(process.env))
    if (name.startsWith("PULUMI_OPTION_")) delete process.env[name];
  process.env["PULUMI_SKIP_UPDATE_CHECK"] = "true";
  // Set-up has chosen the version; asking again costs 0.2 s at each call.
  process.env["PULUMI_AUTOMATION_API_SKIP_VERSION_CHECK"] = "true";
  // Packs are processes of their own; compiling the SDK anew would be half of what each takes to start.
  process.env["NODE_COMPILE_CACHE"] ??= join(root, "node_modules", ".cache", "node-compile");
  if (!isSandbox(stack)) return;
  const run = readRun(sandboxDir());
  if (!run) throw new UserError("failed", "the sandbox does not run", { next: "npm start" });
  // It would go before the sandbox's own.
  delete process.env["PULUMI_CONFIG_PASSPHRASE"];
  Object.assign(process.env, runEnvironment(run));
}

// `sandbox env` puts an old language plugin on PATH for plain pulumi. Where the engine finds it, it starts no policy packs.
function otherFolders(path: string): string[] {
  const language = languagePlugin();
  const barred = language?.startsPolicyPacks === false ? [language.folder] : [];
  return path.split(delimiter).filter((folder) => folder !== binDir && !barred.includes(folder));
}
