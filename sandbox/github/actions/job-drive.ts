import { appendFileSync, existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Conclusion, WorkflowJob } from "../rows/runs.ts";
import { runAct } from "./act.ts";
import { type Needed, actFile } from "./act-file.ts";
import type { Heard } from "./act-lines.ts";
import { sourceOf, standIns } from "./checkout.ts";
import { type Scope, type Value, asText, interpolate, interpolateAll } from "./expressions.ts";
import { barred, environmentFor, needsReview } from "./gate.ts";
import type { Planned } from "./plan.ts";
import type { RunDrive } from "./run-drive.ts";
import { jobToken } from "./token.ts";
import { valuesFor } from "./values.ts";
import type { JobFile } from "./workflow-file.ts";

interface Given {
  scope: Scope;
  needs: Record<string, Needed>;
  combination: Record<string, Value>;
  inputs: Record<string, Value> | undefined;
  secrets: JobFile["secrets"];
}

/** Minutes that a job may take when its file says nothing, as on GitHub. */
const defaultMinutes = 360;

/** Takes one job from its queue to its conclusion: group, environment and its reviewers, a free place, act. */
export class JobDrive {
  readonly ended: Promise<Needed>;
  readonly #drive: RunDrive;
  readonly #planned: Planned;
  readonly #given: Given;
  readonly #id: number;
  #environment: number | undefined;
  #decide: ((approved: boolean) => void) | undefined;

  constructor(drive: RunDrive, planned: Planned, name: string, given: Given) {
    this.#drive = drive;
    this.#planned = planned;
    this.#given = given;
    this.#id = putJob(drive, planned, name, { status: "queued", conclusion: null }).id;
    this.ended = this.#run();
  }

  /** A job that ends as it begins: skipped, or cancelled before its turn. */
  static note(drive: RunDrive, planned: Planned, name: string, conclusion: Conclusion): void {
    putJob(drive, planned, name, { status: "completed", conclusion });
  }

  /** What a person decided about environments of the run. */
  review(environments: readonly number[], approved: boolean): void {
    if (this.#environment !== undefined && environments.includes(this.#environment)) this.#decide?.(approved);
  }

  async #run(): Promise<Needed> {
    const { file } = this.#planned;
    const { scope } = this.#given;
    const end = (
      outcome: Conclusion,
      outputs: Record<string, string> = {},
    ): { outcome: Conclusion; outputs: Record<string, string> } => {
      this.#update({ status: "completed", conclusion: outcome, completed_at: this.#now() });
      return { outcome, outputs };
    };
    try {
      const { outcome, outputs } = await this.#drive.inGroup(
        file.concurrency,
        scope,
        async () => {
          const stopped = await this.#passGate();
          if (stopped !== undefined) return end(stopped);
          this.#update({ status: "queued" });
          return await this.#drive.runner.slots.run(async () => {
            if (this.#drive.signal.aborted) return end("cancelled");
            const heard = await this.#act();
            return end(heard.result ?? "failure", this.#outputs(heard));
          });
        },
        () => end("cancelled"),
        () => this.#update({ status: "pending" }),
      );
      return { result: outcome === "timed_out" ? "failure" : outcome, outputs };
    } catch (error) {
      this.#say(`##[error]${error instanceof Error ? error.message : String(error)}`);
      return { result: end("failure").outcome, outputs: {} };
    }
  }

  /** Asks the environment: its branches, then its reviewers. @returns what the job comes to without being run */
  async #passGate(): Promise<Conclusion | undefined> {
    const named = this.#planned.file.environment;
    if (named === undefined) return undefined;
    const name = asText(interpolate(typeof named === "string" ? named : named.name, this.#given.scope));
    if (name === "") return undefined;
    const { hub } = this.#drive.runner;
    const { repository, run, signal } = this.#drive;
    const environment = environmentFor(hub, repository, name);
    this.#environment = environment.id;
    this.#update({ environment: environment.name });
    const why = barred(hub, environment, run);
    if (why !== undefined) {
      this.#say(`##[error]${why}`);
      return "failure";
    }
    if (!needsReview(hub, repository, environment)) return undefined;
    const decided = new Promise<boolean>((decide) => (this.#decide = decide));
    const given = new Promise<undefined>((stop) => signal.addEventListener("abort", () => stop(undefined)));
    this.#update({ status: "waiting" });
    const approved = await Promise.race([decided, given]);
    if (approved === true) return undefined;
    if (approved === undefined) return "cancelled";
    this.#say(`##[error]The deployment to ${name} was rejected.`);
    return "failure";
  }

  async #act(): Promise<Heard> {
    const { runner, run, repository, signal } = this.#drive;
    const { hub } = runner;
    const commit = hub.commit(repository, run.head_sha);
    if (!commit) throw new Error(`commit ${run.head_sha} is gone`);
    const { file, workflow } = this.#planned;
    const { needs, combination, inputs, scope } = this.#given;
    const readOnly = isFork(run.payload);
    const token = jobToken(
      file.permissions ?? this.#planned.caller?.file.permissions ?? workflow.permissions,
      readOnly,
    );
    const folder = join(runner.config.dir, "work", `${run.id}-${run.run_attempt}-${this.#id}`);
    const source = sourceOf(hub, repository, commit, runner.config.checkout, join(folder, "source"));
    this.#update({ status: "in_progress", started_at: this.#now() });
    runner.tokens.push(token);
    try {
      return await runAct({
        act: runner.config.act,
        folder,
        workflow: actFile(this.#planned, run.event, needs, combination, inputs),
        event: run.event,
        payload: run.payload,
        actor: run.actor,
        secrets: { ...(readOnly ? {} : this.#secrets()), GITHUB_TOKEN: token.value },
        variables: valuesFor(hub, "variables", repository.id, this.#environment),
        env: {
          ...this.#githubEnv(),
          ...runner.config.env,
          ...source,
          SANDBOX_ARTIFACTS: runner.artifactsOf(run.id),
        },
        standIns: standIns(commit.files),
        logFile: runner.logFile(run.id, run.run_attempt, this.#id),
        timeoutMinutes: Number(asText(interpolate(String(file["timeout-minutes"] ?? defaultMinutes), scope))),
        signal,
        closing: runner.closing.signal,
        graceMs: () => runner.graceMs,
        tell: (heard) => this.#tell(heard),
      });
    } finally {
      runner.tokens.splice(runner.tokens.indexOf(token), 1);
      this.#keepArtifacts();
    }
  }

  /** The caller's, where a workflow was called; those of an environment are its own job's. */
  #secrets(): Record<string, string> {
    const { runner, repository } = this.#drive;
    const all = valuesFor(runner.hub, "secrets", repository.id, this.#environment);
    const { secrets, inputs } = this.#given;
    if (inputs === undefined || secrets === "inherit") return all;
    return interpolateAll(secrets ?? {}, {
      contexts: { ...this.#given.scope.contexts, secrets: all },
    }) as Record<string, string>;
  }

  // https://docs.github.com/actions/reference/workflows-and-actions/variables#default-environment-variables
  #githubEnv(): Record<string, string> {
    const { run, repository, runner } = this.#drive;
    const { origin } = runner.config;
    const { github } = this.#given.scope.contexts as { github: Record<string, string> };
    return {
      GITHUB_API_URL: `${origin}/api/v3`,
      GITHUB_GRAPHQL_URL: `${origin}/api/graphql`,
      GITHUB_SERVER_URL: origin,
      GITHUB_BASE_URL: `${origin}/`,
      GITHUB_REPOSITORY: `${repository.owner}/${repository.name}`,
      GITHUB_REPOSITORY_OWNER: repository.owner,
      GITHUB_REPOSITORY_ID: String(repository.id),
      GITHUB_REF: run.ref,
      GITHUB_REF_NAME: String(github["ref_name"]),
      GITHUB_REF_TYPE: String(github["ref_type"]),
      GITHUB_HEAD_REF: String(github["head_ref"]),
      GITHUB_BASE_REF: String(github["base_ref"]),
      GITHUB_RUN_ID: String(run.id),
      GITHUB_RUN_NUMBER: String(run.run_number),
      GITHUB_RUN_ATTEMPT: String(run.run_attempt),
      GITHUB_TRIGGERING_ACTOR: run.triggering_actor,
      SHA_REF: run.head_sha,
      RUNNER_NAME: "sandbox",
      RUNNER_ENVIRONMENT: "self-hosted",
    };
  }

  #outputs(heard: Heard): Record<string, string> {
    const steps = Object.fromEntries(
      heard.steps.map(({ id, result }) => [
        id,
        { outcome: result, conclusion: result, outputs: heard.outputs[id]?.outputs ?? {} },
      ]),
    );
    const scope = { contexts: { ...this.#given.scope.contexts, steps: steps as unknown as Value } };
    const all = Object.entries(this.#planned.file.outputs ?? {});
    return Object.fromEntries(all.map(([name, text]) => [name, asText(interpolate(text, scope))]));
  }

  #tell(heard: Heard): void {
    this.#update({
      steps: heard.steps.map(({ name, result, began, ended }, index) => ({
        name,
        number: index + 1,
        status: result === null ? "in_progress" : "completed",
        conclusion: result,
        started_at: began,
        completed_at: ended,
      })),
    });
    this.#check(heard.summary);
  }

  #update(fields: Partial<WorkflowJob>): void {
    const { tables } = this.#drive.runner.hub;
    const row = tables.jobs.get(this.#id);
    if (!row) return;
    tables.jobs.put(this.#id, { ...row, ...fields });
    if (fields.status === undefined) return;
    this.#check();
    if (fields.status === "waiting" || fields.status === "in_progress") this.#drive.settle();
  }

  /** The check that pull requests and protections see. */
  #check(summary?: string): void {
    const job = this.#drive.runner.hub.tables.jobs.get(this.#id);
    if (job) putCheck(this.#drive, job, summary);
  }

  #keepArtifacts(): void {
    const { runner, run } = this.#drive;
    const { hub } = runner;
    const folder = runner.artifactsOf(run.id);
    const known = hub.tables.artifacts.list((one) => one.run === run.id).map(({ name }) => name);
    for (const name of existsSync(folder) ? readdirSync(folder) : []) {
      if (known.includes(name)) continue;
      const id = hub.nextId();
      const size = sizeOf(join(folder, name));
      hub.tables.artifacts.put(id, {
        id,
        repository: run.repository,
        run: run.id,
        name,
        size_in_bytes: size,
        created_at: hub.now(),
      });
    }
  }

  #say(text: string): void {
    const { runner, run } = this.#drive;
    appendFileSync(
      runner.logFile(run.id, run.run_attempt, this.#id),
      `${new Date().toISOString()} ${text}\n`,
      { mode: 0o600 },
    );
  }

  #now(): string {
    return this.#drive.runner.hub.now();
  }
}

function putJob(
  drive: RunDrive,
  planned: Planned,
  name: string,
  state: Pick<WorkflowJob, "status" | "conclusion">,
): WorkflowJob {
  const { hub } = drive.runner;
  const { run } = drive;
  const id = hub.nextId();
  const now = hub.now();
  const row: WorkflowJob = {
    id,
    repository: run.repository,
    run: run.id,
    attempt: run.run_attempt,
    key: planned.key,
    name,
    labels: [planned.file["runs-on"] ?? []].flat().map((label) => asText(label)),
    environment: null,
    ...state,
    steps: [],
    created_at: now,
    started_at: now,
    completed_at: state.status === "completed" ? now : null,
  };
  putCheck(drive, hub.tables.jobs.put(id, row));
  return row;
}

function putCheck(drive: RunDrive, job: WorkflowJob, summary?: string): void {
  const { hub } = drive.runner;
  const { run, repository } = drive;
  const before = hub.tables.checkRuns.get(job.id);
  hub.tables.checkRuns.put(job.id, {
    id: job.id,
    repository: repository.id,
    name: job.name,
    head_sha: run.head_sha,
    status: job.status,
    conclusion: job.conclusion,
    external_id: "",
    details_url: hub.html(`/${repository.owner}/${repository.name}/actions/runs/${run.id}/job/${job.id}`),
    output: { title: null, text: null, summary: summary ?? before?.output.summary ?? null },
    started_at: job.started_at,
    completed_at: job.completed_at,
  });
}

/** A pull request of a fork gets no secrets, and a token that only reads. */
function isFork(payload: Record<string, unknown>): boolean {
  const { head, base } = (payload["pull_request"] ?? {}) as Record<
    string,
    { repo?: { full_name?: string } } | undefined
  >;
  return head?.repo?.full_name !== base?.repo?.full_name;
}

function sizeOf(path: string): number {
  const entry = statSync(path);
  if (!entry.isDirectory()) return entry.size;
  return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0);
}
