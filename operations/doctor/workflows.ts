import { parse } from "yaml";

interface Job {
  name?: string | number;
  strategy?: { matrix?: unknown };
  uses?: string;
}

/**
 * Whether one of a workflow's jobs reports this check. A job reports under its name, else its id; one with a matrix adds
 * the values in brackets, one that calls a workflow adds the name of the job there.
 *
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idname
 */
export function produces(workflow: string, check: string): boolean {
  return Object.entries(jobsOf(workflow)).some(([id, job]) => {
    const name = String(job?.name ?? id);
    // What an expression comes to is known when it runs.
    if (name.includes("${{")) return check.startsWith(name.split("${{")[0] ?? "");
    if (job?.uses !== undefined && check.startsWith(`${name} / `)) return true;
    return check === name || (job?.strategy?.matrix !== undefined && check.startsWith(`${name} (`));
  });
}

function jobsOf(workflow: string): Record<string, Job | null> {
  try {
    return (parse(workflow) as { jobs?: Record<string, Job | null> } | null)?.jobs ?? {};
  } catch {
    // GitHub does not run what it cannot read, so it reports nothing.
    return {};
  }
}
