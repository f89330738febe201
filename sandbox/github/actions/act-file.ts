import { join } from "node:path";
import { stringify } from "yaml";
import { type Value, asText } from "./expressions.ts";
import type { Planned } from "./plan.ts";
import { type StepFile, eventsOf } from "./workflow-file.ts";

/** What a job that is needed came to, for those that need it. */
export interface Needed {
  result: string;
  outputs: Record<string, string>;
}

/** The id that the job has in the file for act. */
export const actJob = "job";

/**
 * A workflow with one job alone, for act. What it needs stands beside it as jobs that do nothing but come to what the real
 * ones came to: so `needs.NAME.result` and `needs.NAME.outputs` are there, and each job is a run of act of its own, with
 * the secrets and the token that it may have and no others.
 *
 * @param event that set the run going
 * @param inputs of the workflow that was called, where it was
 */
export function actFile(
  { id, file, workflow }: Planned,
  event: string,
  needs: Record<string, Needed>,
  combination: Record<string, Value>,
  inputs: Record<string, Value> | undefined,
): string {
  const stand = mapValues(needs, standFor);
  const called = Object.entries(inputs ?? {}).map(([key, value]) => [
    `INPUT_${key.toUpperCase()}`,
    verbatim(asText(value)),
  ]);
  const shell = file.defaults?.run?.shell ?? workflow.defaults?.run?.shell;
  return stringify({
    name: workflow.name ?? id,
    on: { [event]: eventsOf(workflow)[event] ?? {} },
    ...(workflow.env && { env: workflow.env }),
    ...(workflow.defaults && { defaults: workflow.defaults }),
    jobs: {
      ...stand,
      [actJob]: {
        ...Object.fromEntries(Object.entries(file).filter(([key]) => !decidedHere.includes(key))),
        "runs-on": runsOn,
        ...(Object.keys(needs).length > 0 && { needs: Object.keys(needs), if: "always()" }),
        ...(Object.keys(combination).length > 0 && { strategy: { matrix: { include: [combination] } } }),
        // act reads a called workflow's inputs off the environment alone, where nothing has called it.
        env: { ...Object.fromEntries(called), ...file.env },
        steps: (file.steps ?? []).map((step) => withoutTerminal(step, shell)),
      },
    },
  });
}

const runsOn = "ubuntu-latest";

/** What the runner has decided by itself before act gets the job. */
const decidedHere = ["needs", "if", "name", "outputs", "concurrency", "environment", "strategy"];

function standFor({ result, outputs }: Needed) {
  return {
    "runs-on": runsOn,
    ...(Object.keys(outputs).length > 0 && { outputs: mapValues(outputs, verbatim) }),
    ...(result === "skipped" && { if: "false" }),
    steps: [{ run: result === "success" || result === "skipped" ? "true" : "false" }],
  };
}

const noTerminal = join(import.meta.dirname, "no-terminal.sh");

/** GitHub's own ways to call bash (jobs.ID.steps[*].shell), behind no-terminal.sh. Other shells are left as they are. */
function withoutTerminal(step: StepFile, defaultShell: string | undefined): StepFile {
  const shell = step.shell ?? defaultShell;
  if (step.run === undefined || (shell !== undefined && shell !== "bash")) return step;
  const flags = shell === undefined ? "-e" : "--noprofile --norc -eo pipefail";
  return { ...step, shell: `bash ${noTerminal} ${flags} {0}` };
}

/** A text that stays what it is, whatever stands in it. */
const verbatim = (text: string): string =>
  text.includes("${{") ? `\${{ fromJSON('${JSON.stringify(text).replaceAll("'", "''")}') }}` : text;

const mapValues = <T, R>(from: Record<string, T>, change: (value: T) => R): Record<string, R> =>
  Object.fromEntries(Object.entries(from).map(([key, value]) => [key, change(value)]));
