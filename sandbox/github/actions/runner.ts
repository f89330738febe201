import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { World } from "../../world.ts";
import { Hub } from "../hub.ts";
import type { GitHubOptions, HubEvent, Token } from "../options.ts";
import type { Repository } from "../rows/repositories.ts";
import type { WorkflowRun } from "../rows/runs.ts";
import { followCheckout } from "./checkout.ts";
import { Downloads } from "./downloads.ts";
import { Groups } from "./groups.ts";
import { type Cause, causeOf, newRuns, scheduleCause, workflowRow } from "./new-run.ts";
import type { ActionsConfig } from "./options.ts";
import { seed } from "../seed.ts";
import { RunDrive } from "./run-drive.ts";
import { type Schedule, Schedules } from "./schedules.ts";
import { Slots } from "./slots.ts";
import { schedulesOf } from "./triggers.ts";
import { isWorkflowPath } from "./workflow-file.ts";

/** Jobs that run at once on this computer. */
const jobsAtOnce = 2;
/** Runs that are kept, with their logs and artifacts. */
const runsKept = 60;

/**
 * Runs the workflow files of the emulated repositories for real, by act: what is triggered becomes a run with jobs, steps,
 * logs and a conclusion, which the API tells.
 */
export class Runner {
  readonly config: ActionsConfig;
  /** Of the jobs that run now; the API accepts them. */
  readonly tokens: Token[] = [];
  readonly downloads = new Downloads();
  readonly schedules: Schedules;
  readonly groups = new Groups();
  readonly slots = new Slots(jobsAtOnce);
  readonly #world: World;
  readonly #options: GitHubOptions;
  readonly #drives = new Map<number, RunDrive>();
  #closed = false;
  /** How long steps may take to end when their job is cancelled, as on GitHub's runners. */
  graceMs = 10_000;
  /** Aborted when the sandbox ends. */
  readonly closing = new AbortController();

  constructor(world: World, options: GitHubOptions, config: ActionsConfig) {
    this.#world = world;
    this.#options = options;
    this.config = config;
    this.schedules = new Schedules(world, (path, cron) => this.#onSchedule(path, cron));
    const { hub } = this;
    seed(hub);
    const repository = this.#checkoutRepository();
    if (repository) followCheckout(hub, repository, config.checkout);
    this.#endForgotten();
  }

  get hub(): Hub {
    return new Hub(this.#world, this.#options, this.config.origin);
  }

  /** Told by the API of everything that happens in a repository. */
  onEvent(event: HubEvent): void {
    const { hub } = this;
    const repository = hub.repository(event.repository.owner, event.repository.name);
    if (!repository) return;
    followCheckout(hub, repository, this.config.checkout);
    this.#set(repository, causeOf(hub, repository, event));
  }

  /** What the checkout's workflows would do by the clock. */
  schedulesNow(): Schedule[] {
    const { hub } = this;
    const repository = this.#checkoutRepository();
    if (!repository) return [];
    followCheckout(hub, repository, this.config.checkout);
    const files = hub.commit(repository, repository.default_branch)?.files ?? {};
    return Object.entries(files)
      .filter(([path]) => isWorkflowPath(path) && workflowRow(hub, repository, path).state === "active")
      .flatMap(([path, text]) => schedulesOf(text).map((cron) => ({ path, cron })));
  }

  /** Sets the schedule of a workflow of the checkout going now. @returns numbers of the runs that began */
  fireByName(name: string): number[] {
    const repository = this.#checkoutRepository();
    const found = this.schedulesNow().find(({ path }) => path === name || path.endsWith(`/${name}`));
    return repository && found ? this.fire(repository, found.path, found.cron).map(({ id }) => id) : [];
  }

  /** Sets a schedule's line going now, whatever the clock says. @returns the runs that began */
  fire(repository: Repository, workflow: string, cron: string): WorkflowRun[] {
    followCheckout(this.hub, repository, this.config.checkout);
    return this.#set(repository, scheduleCause(this.hub, repository, workflow, cron));
  }

  /** Runs it again under its number: all of it, or what did not succeed. */
  again(run: WorkflowRun, user: string, failedOnly: boolean): void {
    const { hub } = this;
    const now = hub.now();
    const kept = failedOnly
      ? hub.tables.jobs.list(
          (job) => job.run === run.id && job.attempt === run.run_attempt && job.conclusion === "success",
        )
      : [];
    const next: WorkflowRun = {
      ...run,
      run_attempt: run.run_attempt + 1,
      status: "queued",
      conclusion: null,
      triggering_actor: user,
      run_started_at: now,
      updated_at: now,
    };
    this.#begin(hub.tables.runs.put(run.id, next), new Set(kept.map(({ name }) => name)));
  }

  /** @returns false when it does not run */
  cancel(run: WorkflowRun): boolean {
    const drive = this.#drives.get(run.id);
    drive?.cancel();
    return drive !== undefined;
  }

  /** Lets the jobs of a run go on that wait for these environments, or stops them. */
  review(run: WorkflowRun, environments: readonly number[], approved: boolean): void {
    this.#drives.get(run.id)?.review(environments, approved);
  }

  /** Cancels whatever runs, and waits until nothing of it is left. */
  async close(): Promise<void> {
    this.#closed = true;
    this.graceMs = 3000;
    this.closing.abort();
    this.schedules.stop();
    const drives = [...this.#drives.values()];
    for (const drive of drives) drive.cancel();
    await Promise.all(drives.map((drive) => drive.ended));
    rmSync(join(this.config.dir, "work"), { recursive: true, force: true });
  }

  logFile(run: number, attempt: number, job: number): string {
    const folder = join(this.config.dir, "logs", `${run}-${attempt}`);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return join(folder, `${job}.log`);
  }

  artifactsOf(run: number): string {
    const folder = join(this.config.dir, "artifacts", String(run));
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return folder;
  }

  log(line: string): void {
    this.#world.log(`github actions: ${line}`);
  }

  #set(repository: Repository, cause: Cause | undefined): WorkflowRun[] {
    if (this.#closed || !cause) return [];
    const runs = newRuns(this.hub, repository, cause);
    for (const run of runs) this.#begin(run);
    this.#forgetOld();
    return runs;
  }

  #begin(run: WorkflowRun, keep: ReadonlySet<string> = new Set()): void {
    const drive = new RunDrive(this, run, keep);
    this.#drives.set(run.id, drive);
    this.log(`run ${run.id} of ${run.path} begins: ${run.event}`);
    void this.#forget(drive);
  }

  async #forget(drive: RunDrive): Promise<void> {
    await drive.ended;
    this.#drives.delete(drive.id);
    const { path, conclusion } = this.hub.tables.runs.get(drive.id) ?? {};
    this.log(`run ${drive.id} of ${path} has ended: ${conclusion}`);
  }

  #onSchedule(path: string, cron: string): void {
    const repository = this.#checkoutRepository();
    if (repository) this.fire(repository, path, cron);
  }

  #checkoutRepository(): Repository | undefined {
    const [owner = "", name = ""] = this.config.checkout?.repository.split("/") ?? [];
    return this.hub.repository(owner, name);
  }

  /** What the end of the sandbox's last process has cut off. */
  #endForgotten(): void {
    const { tables } = this.hub;
    const completed = { status: "completed", conclusion: "cancelled" } as const;
    for (const run of tables.runs.list((one) => one.status !== "completed"))
      tables.runs.put(run.id, { ...run, ...completed });
    for (const job of tables.jobs.list((one) => one.status !== "completed"))
      tables.jobs.put(job.id, { ...job, ...completed, completed_at: this.hub.now() });
    rmSync(join(this.config.dir, "work"), { recursive: true, force: true });
  }

  #forgetOld(): void {
    const { tables } = this.hub;
    const old = tables.runs.list((run) => run.status === "completed").slice(0, -runsKept);
    for (const run of old) {
      tables.runs.delete(run.id);
      for (const table of [tables.jobs, tables.artifacts, tables.approvals])
        for (const row of table.list((one) => one.run === run.id)) table.delete(row.id);
      for (let attempt = 1; attempt <= run.run_attempt; attempt += 1)
        rmSync(join(this.config.dir, "logs", `${run.id}-${attempt}`), { recursive: true, force: true });
      rmSync(join(this.config.dir, "artifacts", String(run.id)), { recursive: true, force: true });
    }
  }
}
