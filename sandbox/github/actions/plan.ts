import { type Scope, type Value, asText, interpolate, interpolateAll } from "./expressions.ts";
import type { JobFile, WorkflowFile } from "./workflow-file.ts";

/** A job of a run before it is known what it comes to: one of a file, at its place among those that it needs. */
export interface Planned {
  /** Unlike any other of the run: `deploy`, or `rollback/rollback` in a called workflow. */
  key: string;
  /** Its id in its own file. */
  id: string;
  file: JobFile;
  workflow: WorkflowFile;
  /** Keys that must have ended before. */
  needs: string[];
  /** The job that calls the workflow in which this one stands. */
  caller?: Planned;
}

/** The jobs of a workflow, in the order of its file. Those that call another workflow are opened when they are reached. */
export function planJobs(workflow: WorkflowFile, caller?: Planned): Planned[] {
  const place = caller ? `${caller.key}/` : "";
  return Object.entries(workflow.jobs ?? {}).map(([id, file]) => ({
    key: `${place}${id}`,
    id,
    file: file ?? {},
    workflow,
    needs: [file?.needs ?? []].flat().map((need) => `${place}${need}`),
    ...(caller && { caller }),
  }));
}

/** Every combination of a job's matrix; one empty one without. @see https://docs.github.com/actions/how-tos/write-workflows/choose-what-workflows-do/run-job-variations */
export function combinations(file: JobFile, scope: Scope): Record<string, Value>[] {
  const matrix = interpolateAll(file.strategy?.matrix ?? null, scope);
  if (typeof matrix !== "object" || matrix === null || Array.isArray(matrix)) return [{}];
  const { include = [], exclude = [], ...axes } = matrix;
  let rows: Record<string, Value>[] = Object.keys(axes).length > 0 ? [{}] : [];
  for (const [axis, values] of Object.entries(axes))
    rows = rows.flatMap((row) =>
      (Array.isArray(values) ? values : []).map((value) => ({ ...row, [axis]: value })),
    );
  const isIn = (row: Record<string, Value>, part: Value): boolean =>
    typeof part === "object" &&
    part !== null &&
    Object.entries(part).every(([axis, value]) => JSON.stringify(row[axis]) === JSON.stringify(value));
  rows = rows.filter((row) => !(Array.isArray(exclude) ? exclude : []).some((part) => isIn(row, part)));
  for (const more of Array.isArray(include) ? include : []) {
    if (typeof more !== "object" || more === null || Array.isArray(more)) continue;
    const own = Object.fromEntries(Object.entries(more).filter(([axis]) => axis in axes));
    const extended = rows.filter((row) => Object.keys(own).length > 0 && isIn(row, own));
    if (extended.length > 0) for (const row of extended) Object.assign(row, more);
    else rows.push({ ...more });
  }
  return rows;
}

/** The name that GitHub shows: a matrix adds its values, a called workflow stands behind its caller. */
export function jobName(
  { id, file, caller }: Planned,
  combination: Record<string, Value>,
  scope: Scope,
): string {
  const values = Object.values(combination);
  const own =
    typeof file.name === "string"
      ? asText(interpolate(file.name, scope))
      : `${id}${values.length > 0 ? ` (${values.map(asText).join(", ")})` : ""}`;
  return caller ? `${caller.file.name ?? caller.id} / ${own}` : own;
}
