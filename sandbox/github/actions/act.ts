import { type ChildProcess, spawn } from "node:child_process";
import { createWriteStream, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { untilOrphaned } from "../../until-orphaned.ts";
import { actJob } from "./act-file.ts";
import { type ActLine, type Heard, coverer, hear, nothingHeard } from "./act-lines.ts";
import { endChildrenOf, endTree } from "./processes.ts";

export interface ActTask {
  act: string;
  /** Made for this job alone, and deleted after it. */
  folder: string;
  /** The one-job workflow (act-file.ts). */
  workflow: string;
  event: string;
  payload: Record<string, unknown>;
  actor: string;
  secrets: Record<string, string>;
  variables: Record<string, string>;
  /** GitHub's own variables, and the runner's. */
  env: Record<string, string>;
  /** `--local-repository` and its value, for each action that stands in. */
  standIns: string[];
  logFile: string;
  timeoutMinutes: number;
  signal: AbortSignal;
  /** Aborted when the sandbox ends: then nothing more is run. */
  closing: AbortSignal;
  /** How long its steps may take to end when it is cancelled. */
  graceMs: () => number;
  /** Told at each change of a step. */
  tell: (heard: Heard) => void;
}

/** How long steps that run in any case may take in a job that is cancelled; five minutes on GitHub. */
const alwaysMs = 60_000;

/** Labels of runners that this one answers for. */
const labels = ["ubuntu-latest", "ubuntu-24.04", "ubuntu-22.04", "self-hosted"];

/** Runs one job by act, on this computer, and hears it to its end. */
export async function runAct(task: ActTask): Promise<Heard> {
  const { folder } = task;
  const file = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  };
  mkdirSync(join(folder, "home"), { recursive: true, mode: 0o700 });
  mkdirSync(join(folder, "run"), { recursive: true });
  // YAML, which JSON is: a value may hold any character. Never on the command line, which every user can read.
  const options: Record<string, string> = {
    workflows: file("workflow.yml", task.workflow),
    job: actJob,
    eventpath: file("event.json", JSON.stringify(task.payload)),
    actor: task.actor,
    "secret-file": file("secrets.yml", JSON.stringify(task.secrets)),
    "var-file": file("variables.yml", JSON.stringify(task.variables)),
    "env-file": file("env.yml", JSON.stringify(task.env)),
    "input-file": file("inputs.yml", "{}"),
    "action-cache-path": join(folder, "act"),
  };
  const flags = ["json", "no-skip-checkout", "no-cache-server", "pull=false", "rm"];
  const args = [
    task.event,
    ...flags.map((flag) => `--${flag}`),
    ...Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]),
    ...labels.flatMap((label) => ["--platform", `${label}=-self-hosted`]),
    ...task.standIns,
  ];
  const cover = coverer(Object.values(task.secrets));
  const log = createWriteStream(task.logFile, { flags: "a", mode: 0o600 });
  const write = (time: string | undefined, text: string): void => {
    for (const line of cover(text).split("\n")) log.write(`${time ?? new Date().toISOString()} ${line}\n`);
  };
  const child = spawn("sh", ["-c", untilOrphaned, "sh", task.act, ...args], {
    cwd: join(folder, "run"),
    stdio: ["pipe", "pipe", "pipe"],
    env: { PATH: task.env["PATH"], HOME: join(folder, "home"), LANG: "C.UTF-8" },
  });
  const heard = nothingHeard();
  let ended: Promise<void> | undefined;
  const end = (why: string) => (): void => {
    if (ended || child.pid === undefined) return;
    write(undefined, `##[error]${why}`);
    ended = endJob(child, task);
  };
  const cancel = end("The operation was canceled.");
  const timer = setTimeout(
    end(`The job has exceeded the maximum execution time of ${task.timeoutMinutes} minutes.`),
    task.timeoutMinutes * 60_000,
  );
  if (task.signal.aborted) cancel();
  task.signal.addEventListener("abort", cancel);
  createInterface({ input: child.stderr }).on("line", (text) => {
    if (!/^Error: Job '|docker connection/.test(text)) write(undefined, text);
  });
  const lines = createInterface({ input: child.stdout });
  lines.on("line", (text) => {
    const line = parsed(text);
    const before = JSON.stringify(heard.steps);
    const shown = line.msg?.includes("docker connection") === true ? undefined : hear(heard, line);
    if (shown !== undefined) write(line.time, shown);
    if (JSON.stringify(heard.steps) !== before) task.tell(heard);
  });
  await new Promise<void>((done) => child.once("close", () => done()));
  clearTimeout(timer);
  task.signal.removeEventListener("abort", cancel);
  await ended;
  await new Promise<void>((done) => log.end(done));
  rmSync(folder, { recursive: true, force: true });
  if (ended) heard.result = "cancelled";
  heard.summary = cover(heard.summary);
  return heard;
}

/** Ends the step that runs, leaves a minute to those that run in any case (`always()`), and then ends all of it. */
async function endJob(child: ChildProcess, { closing, graceMs }: ActTask): Promise<void> {
  const { pid = 0 } = child;
  if (!closing.aborted) {
    await endChildrenOf(/(^|\/)act$/, pid, graceMs());
    const gone = new Promise<void>((done) => child.once("exit", () => done()));
    const late = sleep(alwaysMs, undefined, { ref: false, signal: closing }).catch(() => {});
    if (child.exitCode === null) await Promise.race([gone, late]);
  }
  if (child.exitCode === null) await endTree(pid, graceMs());
}

function parsed(text: string): ActLine {
  try {
    return JSON.parse(text) as ActLine;
  } catch {
    return { jobID: actJob, msg: text };
  }
}
