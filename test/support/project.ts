import { type ChildProcess, spawn } from "node:child_process";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isMap, parseDocument } from "yaml";
import { silentProgress } from "../../operations/progress.ts";
import type { Context, Outcome } from "../../operations/verb.ts";
import { verbs } from "../../operations/verbs.ts";
import { binDir, root } from "../../tools/paths.ts";

/** How a process of the platform's CLI ended. */
export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** An answer of `--json`, as far as all verbs share it. */
export interface Answer {
  [key: string]: unknown;
  exit: string;
  exitCode: number;
  error?: { code: string; message: string; hint?: string; next?: string };
  card?: { changes: { op: string; type: string; name: string; properties: string[] }[] };
}

/** A project's folder with its settings, and the CLI that is run there, as a person or a CI job would. */
export class Project {
  readonly #machines: "rows" | "real";
  readonly borrowed: boolean;
  readonly dir: string;
  readonly project: string;
  readonly sandbox: string;
  #exported: { start: number; environment: NodeJS.ProcessEnv } | undefined;

  /**
   * @param machines "rows" for scenes of everything but machines: a droplet is a row, and commands are noted, not run
   * @param borrowed a checkout whose sandbox runs: the world is that one, which stays when it is removed
   */
  constructor(machines: "rows" | "real" = "rows", borrowed?: string) {
    this.#machines = machines;
    this.borrowed = borrowed !== undefined;
    this.dir = fs.mkdtempSync(join(tmpdir(), "platform-world-"));
    this.project = borrowed ?? join(this.dir, "project");
    this.sandbox = join(borrowed ?? this.dir, borrowed === undefined ? "sandbox" : ".sandbox");
    if (borrowed !== undefined) return;
    fs.mkdirSync(this.project);
    fs.copyFileSync(join(root, "Pulumi.yaml"), join(this.project, "Pulumi.yaml"));
    // Node finds the rest of the program by the link's target.
    fs.symlinkSync(join(root, "index.ts"), join(this.project, "index.ts"));
  }

  stackFile(stack: string): string {
    return join(this.project, `Pulumi.${stack}.yaml`);
  }

  /** What a person would have in the environment, without anything of this process's own world. */
  env(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
    const { HOME, USER, LANG, TMPDIR, PULUMI_HOME } = process.env;
    return {
      HOME,
      USER,
      LANG,
      TMPDIR,
      PULUMI_HOME,
      PATH: `${binDir}:${process.env["PATH"] ?? ""}`,
      PLATFORM_PROJECT: this.project,
      PLATFORM_SANDBOX: this.sandbox,
      PLATFORM_SANDBOX_PORT: "0",
      PLATFORM_SANDBOX_MACHINES: this.#machines,
      ...more,
    };
  }

  /** Starts the CLI as the leader of a process group of its own, as a CI job is. */
  spawn(args: string[], more: NodeJS.ProcessEnv = {}): { child: ChildProcess; ended: Promise<Ended> } {
    const child = spawn(join(binDir, "platform"), args, {
      env: this.env(more),
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const output = { stdout: "", stderr: "" };
    child.stdout.on("data", (data: Buffer) => (output.stdout += data.toString()));
    child.stderr.on("data", (data: Buffer) => (output.stderr += data.toString()));
    const ended = new Promise<Ended>((done, fail) => {
      child.on("error", fail);
      child.on("close", (code) => done({ code, ...output }));
    });
    return { child, ended };
  }

  /**
   * Runs the CLI until the moment comes, then kills it and all that it has started with SIGKILL, as a cancelled CI job
   * is in the end. Fails when it ends before.
   */
  async killAt(moment: () => boolean, args: string[], more: NodeJS.ProcessEnv = {}): Promise<void> {
    const { child, ended } = this.spawn(args, more);
    const { pid: group } = child;
    if (group === undefined) throw new Error("it did not start");
    while (!moment()) {
      if (child.exitCode !== null)
        throw new Error(`it ended before the moment came:\n${(await ended).stderr}`);
      await sleep(20);
    }
    process.kill(-group, "SIGKILL");
    await ended;
  }

  /** Waits for something that the world must come to. */
  async until(moment: () => boolean, seconds = 120): Promise<void> {
    for (const began = Date.now(); !moment(); await sleep(20))
      if (Date.now() - began > seconds * 1000) throw new Error("the moment did not come");
  }

  /** The logs that runs of the engine have left, oldest first. */
  logs(): string[] {
    const folder = join(this.project, ".platform", "logs");
    return fs.existsSync(folder) ? fs.readdirSync(folder).sort() : [];
  }

  /** Runs the CLI to its end. */
  async platform(args: string[], more: NodeJS.ProcessEnv = {}): Promise<Ended> {
    return await this.spawn(args, more).ended;
  }

  /** Runs the CLI with `--json`; anything but an answer on standard output fails. */
  async answer(args: string[], more: NodeJS.ProcessEnv = {}): Promise<Answer> {
    const { code, stdout, stderr } = await this.platform([...args, "--json"], more);
    const answer = parsed(stdout, stderr);
    if (answer.exitCode !== code) throw new Error(`exit ${code}, but the answer says ${answer.exitCode}`);
    return answer;
  }

  /** The same of a verb that must succeed. */
  async json(args: string[], more: NodeJS.ProcessEnv = {}): Promise<Answer> {
    const answer = await this.answer(args, more);
    if (answer.exitCode !== 0) throw new Error(`${args.join(" ")}: ${JSON.stringify(answer, null, 2)}`);
    return answer;
  }

  /** Runs a verb in this process, in the world's environment, which is taken off again afterwards. */
  async inProcess(
    verb: string,
    stack: string,
    options: Context["options"] = {},
    ask?: Context["ask"],
    more: NodeJS.ProcessEnv = {},
  ): Promise<Outcome> {
    const before = { ...process.env };
    replaceEnv(this.env(more));
    try {
      const { run } = (await verbs[verb]?.load()) ?? {};
      if (!run) throw new Error(`${verb} is no verb`);
      const signal = AbortSignal.timeout(300_000);
      return await run({ stack, json: false, options, progress: silentProgress(), signal, ask });
    } finally {
      replaceEnv(before);
    }
  }

  /** What `sandbox env` exports: the environment of every stack that is not the sandbox's own. */
  async exported(): Promise<NodeJS.ProcessEnv> {
    // Asked once for each start of the sandbox, since every call of pulumi wants it.
    const start = fs.statSync(join(this.sandbox, "run.json"), { throwIfNoEntry: false })?.mtimeMs ?? 0;
    if (this.#exported?.start !== start) {
      const { environment } = await this.json(["sandbox", "env"]);
      this.#exported = { start, environment: environment as NodeJS.ProcessEnv };
    }
    return this.#exported.environment;
  }

  /** Runs plain `pulumi` in the project's folder, with the secret as its standard input. */
  async pulumi(args: string[], input = "", more: NodeJS.ProcessEnv = {}): Promise<Ended> {
    const environment = await this.exported();
    return await new Promise((done, fail) => {
      const env = { ...this.env(), ...environment, ...more };
      const child = spawn(join(binDir, "pulumi"), [...args, "--non-interactive"], { cwd: this.project, env });
      const output = { stdout: "", stderr: "" };
      child.stdout.on("data", (data: Buffer) => (output.stdout += data.toString()));
      child.stderr.on("data", (data: Buffer) => (output.stderr += data.toString()));
      child.on("error", fail);
      child.on("close", (code) => done({ code, ...output }));
      child.stdin.end(input);
    });
  }

  /** Sets a key of a stack's settings the way a person does; a secret comes by standard input. */
  async setConfig(stack: string, key: string, value: string, kind: "secret" | "plaintext"): Promise<void> {
    const args = ["config", "set", `--${kind}`, "--stack", stack, `odoo-platform:${key}`];
    const { code, stderr } = await this.pulumi(args, value);
    if (code !== 0) throw new Error(stderr);
  }

  /** Edits one value of a section, such as `["host", "volumeGb"]`. */
  edit(stack: string, [section = "", ...path]: (string | number)[], value: unknown): void {
    const file = this.stackFile(stack);
    const document = parseDocument(fs.readFileSync(file, "utf8"));
    const config = document.get("config");
    if (!isMap(config)) throw new Error(`${file} has no config`);
    config.setIn([`odoo-platform:${section}`, ...path], value);
    fs.writeFileSync(file, document.toString({ lineWidth: 0 }));
  }
}

function parsed(stdout: string, stderr: string): Answer {
  try {
    return JSON.parse(stdout) as Answer;
  } catch {
    throw new Error(`no JSON document on standard output:\n${stdout}\n${stderr}`);
  }
}

function replaceEnv(env: NodeJS.ProcessEnv): void {
  for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name];
  for (const [name, value] of Object.entries(env)) if (value !== undefined) process.env[name] = value;
}
