import { styleText } from "node:util";
import { checkSettings } from "../settings/check.ts";
import { approval } from "./doctor/approval.ts";
import type { Check, Diagnosis, Patient } from "./doctor/check.ts";
import { digitaloceanToken, spacesKeys, zone } from "./doctor/digitalocean.ts";
import { githubPlan, githubToken, requiredChecks } from "./doctor/github.ts";
import { secrets, stateBackend, taskQueue, toolchain } from "./doctor/machine.ts";
import { runner } from "./doctor/runner.ts";
import { UserError } from "../user-error.ts";
import { enterStack } from "./engine-env.ts";
import { readStackFile } from "./project.ts";
import type { Context, Outcome, Run } from "./verb.ts";

const settingsFaults: Check = async ({ file }) => {
  const { faults } = checkSettings(file);
  if (faults.length === 0) return [{ what: "Settings", state: "good", found: "are in order" }];
  const fix = "docs/settings.md tells every one";
  return faults.map(({ path, message }) => ({
    what: "Settings",
    state: "bad",
    found: `${path}: ${message}`,
    fix,
  }));
};

const checks: Check[] = [
  toolchain,
  settingsFaults,
  secrets,
  stateBackend,
  digitaloceanToken,
  spacesKeys,
  zone,
  githubToken,
  githubPlan,
  requiredChecks,
  approval,
  runner,
  taskQueue,
];

/** Looks for what would stop an update, and says how to mend it. Writes nothing. */
export const run: Run = async ({ stack, progress }: Context): Promise<Outcome> => {
  enterStack(stack);
  const file = readStackFile(stack);
  const patient: Patient = { stack, file, settings: checkSettings(file).settings, env: process.env };
  const diagnoses = await progress.step(`Examining ${stack}`, async () =>
    (await Promise.all(checks.map((check) => unlessOut(check, patient)))).flat(),
  );
  const found = diagnoses.filter(({ state }) => state === "bad");
  const verdict = found.length === 0 ? "Nothing would stop an update." : `${found.length} to mend.`;
  return {
    exit: found.length > 0 ? "findings" : "done",
    json: { diagnoses },
    text: [...diagnoses.map(line), "", verdict].join("\n"),
  };
};

/** A vendor that does not answer is a finding, not the end of the examination. */
async function unlessOut(check: Check, patient: Patient): Promise<Diagnosis[]> {
  try {
    return await check(patient);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return [{ what: "Endpoint", state: "bad", found: error.message, fix: error.hint ?? "try again" }];
  }
}

const signs = { good: styleText("green", "✔"), bad: styleText("red", "✖"), skipped: styleText("dim", "-") };

function line({ what, state, found, fix }: Diagnosis): string {
  return `${signs[state]} ${what}: ${found}${fix ? `\n    ${fix}` : ""}`;
}
