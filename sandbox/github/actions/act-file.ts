import { stringify } from "yaml";
import { type Value, asText } from "./expressions.ts";
import type { Planned } from "./plan.ts";
import { eventsOf } from "./workflow-file.ts";

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
  const {
    needs: _,
    if: __,
    name: ___,
    outputs: ____,
    concurrency: _____,
    environment: ______,
    strategy,
    ...job
  } = file;
  const runsOn = "ubuntu-latest";
  const stand = Object.entries(needs).map(([name, { result, outputs }]) => [
    name,
    {
      "runs-on": runsOn,
      ...(Object.keys(outputs).length > 0 && { outputs: mapValues(outputs, verbatim) }),
      ...(result === "skipped" && { if: "false" }),
      steps: [{ run: result === "success" || result === "skipped" ? "true" : "false" }],
    },
  ]);
  const called = mapValues(inputs ?? {}, (value) => verbatim(asText(value)));
  return stringify({
    name: workflow.name ?? id,
    on: { [event]: eventsOf(workflow)[event] ?? {} },
    ...(workflow.env && { env: workflow.env }),
    jobs: {
      ...Object.fromEntries(stand),
      [actJob]: {
        ...job,
        "runs-on": runsOn,
        ...(stand.length > 0 && { needs: Object.keys(needs), if: "always()" }),
        ...(strategy &&
          Object.keys(combination).length > 0 && { strategy: { matrix: { include: [combination] } } }),
        // act reads a called workflow's inputs off the environment alone, where nothing has called it.
        env: {
          ...Object.fromEntries(
            Object.entries(called).map(([key, value]) => [`INPUT_${key.toUpperCase()}`, value]),
          ),
          ...job.env,
        },
      },
    },
  });
}

/** A text that stays what it is, whatever stands in it. */
const verbatim = (text: string): string =>
  text.includes("${{") ? `\${{ fromJSON('${JSON.stringify(text).replaceAll("'", "''")}') }}` : text;

const mapValues = <T, R>(from: Record<string, T>, change: (value: T) => R): Record<string, R> =>
  Object.fromEntries(Object.entries(from).map(([key, value]) => [key, change(value)]));
