import type { Repository } from "../rows/repositories.ts";
import type { Conclusion, WorkflowRun } from "../rows/runs.ts";
import type { Needed } from "./act-file.ts";
import {
  ExpressionError,
  type Scope,
  type Value,
  asText,
  condition,
  interpolate,
  interpolateAll,
} from "./expressions.ts";
import { JobDrive } from "./job-drive.ts";
import { type Planned, combinations, jobName, planJobs } from "./plan.ts";
import type { Runner } from "./runner.ts";
import { valuesFor } from "./values.ts";
import { type JobFile, type WorkflowFile, eventsOf, readWorkflow } from "./workflow-file.ts";

/** What a workflow was called with: its inputs, and whether the caller's secrets are its own. */
interface Called {
  inputs: Record<string, Value>;
  secrets: JobFile["secrets"];
}

/** Takes one attempt of a run from its queue to its conclusion. */
export class RunDrive {
  readonly runner: Runner;
  readonly id: number;
  readonly ended: Promise<void>;
  readonly #keep: ReadonlySet<string>;
  readonly #stop = new AbortController();
  readonly #jobs = new Set<JobDrive>();

  /** @param keep names of jobs that succeeded in the attempt before, and are not run again */
  constructor(runner: Runner, run: WorkflowRun, keep: ReadonlySet<string>) {
    this.runner = runner;
    this.id = run.id;
    this.#keep = keep;
    this.ended = this.#drive().catch((error: unknown) => {
      const bug = !(error instanceof ExpressionError);
      runner.log(`run ${run.id}: ${bug && error instanceof Error ? error.stack : String(error)}`);
      this.update({ status: "completed", conclusion: "startup_failure" });
    });
  }

  get run(): WorkflowRun {
    const run = this.runner.hub.tables.runs.get(this.id);
    if (!run) throw new Error(`run ${this.id} is gone`);
    return run;
  }

  get repository(): Repository {
    const repository = this.runner.hub.tables.repositories.get(this.run.repository);
    if (!repository) throw new Error(`the repository of run ${this.id} is gone`);
    return repository;
  }

  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  cancel(): void {
    this.#stop.abort();
  }

  review(environments: readonly number[], approved: boolean): void {
    for (const job of this.#jobs) job.review(environments, approved);
  }

  update(fields: Partial<WorkflowRun>): void {
    const { tables } = this.runner.hub;
    const row = tables.runs.get(this.id);
    if (row) tables.runs.put(this.id, { ...row, ...fields, updated_at: this.runner.hub.now() });
  }

  /** Says what the run is at, from its jobs: it waits while any of them waits for a person and none runs. */
  settle(): void {
    const { tables } = this.runner.hub;
    const { run_attempt } = this.run;
    const states = tables.jobs
      .list((job) => job.run === this.id && job.attempt === run_attempt)
      .map((job) => job.status);
    this.update({
      status: states.includes("in_progress") || !states.includes("waiting") ? "in_progress" : "waiting",
    });
  }

  async #drive(): Promise<void> {
    // After the answer of what has set it going.
    await new Promise((done) => setImmediate(done));
    const workflow = readWorkflow(this.#textOf(this.run.path));
    const scope = { contexts: this.#contexts(undefined) };
    const { outcome } = await this.inGroup(workflow.concurrency, scope, async () => {
      this.update({ status: "in_progress" });
      return await this.#runAll(planJobs(workflow), undefined);
    });
    this.update({ status: "completed", conclusion: outcome });
  }

  #textOf(path: string): string {
    const { hub } = this.runner;
    const commit = hub.commit(this.repository, this.run.head_sha);
    return commit?.files[path] ?? "";
  }

  /** Does the work in its concurrency group, where it has one; cancelled when it lost its place there. */
  async inGroup<T extends { outcome: Conclusion }>(
    concurrency: WorkflowFile["concurrency"],
    scope: Scope,
    work: () => Promise<T>,
    lost: () => T = () => ({ outcome: "cancelled" }) as T,
    waits: () => void = () => this.update({ status: "pending" }),
  ): Promise<T> {
    if (concurrency === undefined) return await work();
    const wanted = typeof concurrency === "string" ? { group: concurrency } : concurrency;
    const name = `${this.run.repository}/${asText(interpolate(wanted.group, scope)).toLowerCase()}`;
    const now =
      "cancel-in-progress" in wanted &&
      asText(interpolate(String(wanted["cancel-in-progress"]), scope)) === "true";
    const queue = "queue" in wanted && wanted.queue === "max";
    const cancel = (): void => this.cancel();
    const leave = (): void => this.runner.groups.leave(name, cancel);
    this.signal.addEventListener("abort", leave);
    waits();
    const place = await this.runner.groups.enter(name, { cancelInProgress: now, queue }, cancel);
    this.signal.removeEventListener("abort", leave);
    if (place === "cancelled") return lost();
    try {
      return await work();
    } finally {
      place.release();
    }
  }

  /** Runs jobs as those that they need end. */
  async #runAll(
    jobs: Planned[],
    called: Called | undefined,
  ): Promise<{ outcome: Conclusion; results: Map<string, Needed> }> {
    const results = new Map<string, Needed>();
    const failedBefore = new Map<string, boolean>();
    const running = new Map<string, Promise<void>>();
    const run = async (job: Planned): Promise<void> => {
      const missing = job.needs.find((need) => !jobs.some(({ key }) => key === need));
      if (missing !== undefined)
        throw new ExpressionError(`${this.run.path}: job ${job.id} needs ${missing}, which is not there`);
      for (const need of job.needs) await running.get(need);
      const needs = job.needs.map(
        (need) => [need.slice(need.lastIndexOf("/") + 1), results.get(need) ?? nothing] as const,
      );
      const failed =
        needs.some(([, { result }]) => result === "failure") ||
        job.needs.some((need) => failedBefore.get(need));
      failedBefore.set(job.key, failed);
      results.set(job.key, await this.#runJob(job, Object.fromEntries(needs), failed, called));
    };
    // Those that are needed stand in the map before those that need them, whatever the file's order.
    for (const job of inOrder(jobs)) running.set(job.key, run(job));
    await Promise.all(running.values());
    const all = [...results.values()].map(({ result }) => result);
    const outcome = all.includes("failure") ? "failure" : all.includes("cancelled") ? "cancelled" : "success";
    return {
      outcome: all.every((result) => result === "skipped") && all.length > 0 ? "skipped" : outcome,
      results,
    };
  }

  async #runJob(
    job: Planned,
    needs: Record<string, Needed>,
    failed: boolean,
    called: Called | undefined,
  ): Promise<Needed> {
    const contexts = { ...this.#contexts(called?.inputs), needs: needs as unknown as Value };
    const status = {
      succeeded:
        !failed && !this.signal.aborted && Object.values(needs).every(({ result }) => result === "success"),
      failed,
      cancelled: this.signal.aborted,
    };
    const scope: Scope = { contexts, status };
    if (!condition(job.file.if, scope)) {
      const result = this.signal.aborted ? "cancelled" : "skipped";
      JobDrive.note(this, job, jobName(job, {}, scope), result);
      return { result, outputs: {} };
    }
    if (job.file.uses !== undefined) return await this.#call(job, scope, called);
    const combined = combinations(job.file, scope);
    const ended = await Promise.all(
      combined.map(async (combination) => {
        const own: Scope = { ...scope, contexts: { ...contexts, matrix: combination } };
        const name = jobName(job, combination, own);
        if (this.#keep.has(name)) return { result: "success", outputs: {} };
        const drive = new JobDrive(this, job, name, {
          scope: own,
          needs,
          combination,
          inputs: called?.inputs,
          secrets: called?.secrets,
        });
        this.#jobs.add(drive);
        const needed = await drive.ended;
        this.#jobs.delete(drive);
        return needed;
      }),
    );
    const results = ended.map(({ result }) => result);
    const result = ["failure", "cancelled"].find((one) => results.includes(one)) ?? results[0] ?? "skipped";
    return {
      result,
      outputs: Object.assign({}, ...ended.map(({ outputs }) => outputs)) as Record<string, string>,
    };
  }

  /** A job that is another workflow of the same commit. */
  async #call(job: Planned, scope: Scope, caller: Called | undefined): Promise<Needed> {
    const path = (job.file.uses ?? "").replace(/^\.\//, "");
    const workflow = readWorkflow(this.#textOf(path));
    const events = eventsOf(workflow);
    if (!("workflow_call" in events)) {
      JobDrive.note(this, job, jobName(job, {}, scope), "failure");
      this.runner.log(`run ${this.id}: ${path} is not there, or has no workflow_call`);
      return { result: "failure", outputs: {} };
    }
    const config = (events["workflow_call"] ?? {}) as {
      inputs?: Record<string, { default?: Value } | null>;
      outputs?: Record<string, { value: string }>;
    };
    const given = interpolateAll(job.file.with ?? {}, scope) as Record<string, Value>;
    const defaults = Object.fromEntries(
      Object.entries(config.inputs ?? {}).map(([name, one]) => [name, one?.default ?? null]),
    );
    const secrets =
      job.file.secrets === "inherit" ? (caller ? caller.secrets : "inherit") : (job.file.secrets ?? {});
    const { outcome, results } = await this.#runAll(planJobs(workflow, job), {
      inputs: { ...defaults, ...given },
      secrets,
    });
    const jobs = Object.fromEntries(
      [...results].map(([key, { outputs }]) => [key.slice(job.key.length + 1), { outputs }]),
    );
    const outputs = interpolateAll(
      Object.fromEntries(Object.entries(config.outputs ?? {}).map(([name, { value }]) => [name, value])),
      { contexts: { jobs } },
    );
    return { result: outcome, outputs: outputs as Record<string, string> };
  }

  #contexts(inputs: Record<string, Value> | undefined): Record<string, Value> {
    const { hub } = this.runner;
    const { run, repository } = this;
    return {
      github: {
        event: run.payload as Value,
        event_name: run.event,
        ref: run.ref,
        ref_name: run.ref.replace(/^refs\/(heads|tags|pull)\//, ""),
        ref_type: run.ref.startsWith("refs/tags/") ? "tag" : "branch",
        head_ref: run.event === "pull_request" ? run.head_branch : "",
        base_ref: (run.payload["pull_request"] as { base?: { ref?: string } } | undefined)?.base?.ref ?? "",
        sha: run.head_sha,
        repository: `${repository.owner}/${repository.name}`,
        repository_owner: repository.owner,
        workflow: run.name,
        run_id: run.id,
        run_number: run.run_number,
        run_attempt: run.run_attempt,
        actor: run.actor,
        triggering_actor: run.triggering_actor,
      },
      inputs: inputs ?? ((run.payload["inputs"] ?? {}) as Value),
      vars: valuesFor(hub, "variables", repository.id, undefined),
    };
  }
}

const nothing: Needed = { result: "skipped", outputs: {} };

/** Those without needs first, then those whose needs are all before them. */
function inOrder(jobs: Planned[]): Planned[] {
  const sorted: Planned[] = [];
  for (let rest = jobs; rest.length > 0;) {
    const ready = rest.filter(({ needs }) => needs.every((need) => !rest.some(({ key }) => key === need)));
    if (ready.length === 0) throw new ExpressionError("jobs need each other in a circle");
    sorted.push(...ready);
    rest = rest.filter((job) => !ready.includes(job));
  }
  return sorted;
}
