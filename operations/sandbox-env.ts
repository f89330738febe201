import { delimiter } from "node:path";
import { runEnvironment } from "../sandbox/run.ts";
import { binDir, languagePlugin } from "../tools/paths.ts";
import { policyPacks } from "./policy-packs.ts";
import { runningWorld } from "./sandbox-world.ts";
import type { Outcome, Run } from "./verb.ts";
import { shellWord } from "../shell-word.ts";

/** Prints what plain `pulumi`, doctl and gh need to live in the sandbox, as shell exports. */
export const run: Run = async (): Promise<Outcome> => {
  const language = languagePlugin();
  const path = [binDir, ...(language ? [language.folder] : []), process.env["PATH"] ?? ""].join(delimiter);
  const environment: Record<string, string> = {
    ...runEnvironment(runningWorld()),
    PATH: path,
    // An old language plugin cannot start packs, and then refuses to run at all.
    ...(language?.startsPolicyPacks ? { PULUMI_OPTION_POLICY_PACK: policyPacks.join(",") } : {}),
  };
  const lines = Object.entries(environment).map(([name, value]) => `export ${name}=${shellWord(value)}`);
  const hint = language
    ? []
    : ["# Plain pulumi needs a language plugin: node tools/setup.mjs --language-plugin"];
  return { json: { environment }, text: [...hint, "unset PULUMI_CONFIG_PASSPHRASE", ...lines].join("\n") };
};
