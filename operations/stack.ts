import {
  CommandError,
  ConcurrentUpdateError,
  type EngineEvent,
  LocalWorkspace,
  type Stack,
  StackNotFoundError,
} from "@pulumi/pulumi/automation/index.js";
import type { Unwrap } from "@pulumi/pulumi";
import { ExecaError, execa } from "execa";
import type { PlatformOutputs } from "../components/odoo-platform.ts";
import program from "../index.ts";
import { UserError } from "../user-error.ts";
import { EngineEvents, type EngineReport } from "./engine-events.ts";
import { engineFailure } from "./engine-failure.ts";
import { heldSignal } from "./held-signal.ts";
import { openLog } from "./log-file.ts";
import { me } from "./me.ts";
import { policyPacks } from "./policy-packs.ts";
import { wrongPassphrase } from "./passphrase.ts";
import { projectDir, projectName } from "./project.ts";
import type { Deployment } from "./state.ts";

export interface RunOptions {
  /** Ends the run in order when it is aborted. */
  signal: AbortSignal;
  /** Called at each step of the engine with a line like "12 resources". */
  tell?: (text: string) => void;
}

/** What a run of the engine came to. */
export interface EngineRun extends EngineReport {
  seconds: number;
  /** Path of the full output, in which the engine has masked the secrets. */
  logFile: string;
}

/** What a stack's last update said of itself, with its values known. */
export type Outputs = Unwrap<PlatformOutputs>;

/** One row of a stack's history. */
export interface Update {
  number: number;
  kind: string;
  result: string;
  startedAt: string;
  seconds: number;
  who: string;
  message: string;
  /** Resources that it changed. */
  changes: number;
  gitSha: string | undefined;
}

type Call = (common: {
  signal: AbortSignal;
  onEvent: (event: EngineEvent) => void;
  onOutput: (text: string) => void;
  onError: (text: string) => void;
}) => Promise<unknown>;

/**
 * One stack, driven through Pulumi's Automation API: the only place that does so. The program is the same function that
 * plain `pulumi` runs, inline, with the project's folder as its work tree, so both share settings, URNs and state.
 */
export class PlatformStack {
  readonly name: string;
  readonly #stack: Stack;
  readonly #thrown: { error?: unknown };

  private constructor(name: string, stack: Stack, thrown: { error?: unknown }) {
    this.name = name;
    this.#stack = stack;
    this.#thrown = thrown;
  }

  /**
   * Opens a stack that has settings.
   * @param create makes its state on first use
   * @throws {UserError} noSuchStack, when it has no state and `create` is not set
   */
  static async open(name: string, { create = false } = {}): Promise<PlatformStack> {
    const thrown: { error?: unknown } = {};
    // The engine tells of an error in the program as text only; this keeps the error itself.
    const remembering = async (): Promise<Record<string, unknown>> => {
      try {
        return { ...(await program()) };
      } catch (error) {
        thrown.error = error;
        throw error;
      }
    };
    const args = { stackName: name, projectName: projectName(), program: remembering };
    const workspace = { workDir: projectDir() };
    try {
      const stack = create
        ? await LocalWorkspace.createOrSelectStack(args, workspace)
        : await LocalWorkspace.selectStack(args, workspace);
      return new PlatformStack(name, stack, thrown);
    } catch (error) {
      if (!(error instanceof StackNotFoundError)) throw unopened(name, error);
      const message = `${name}: has settings, but no state in this backend; it was never brought up`;
      throw new UserError("noSuchStack", message, { next: `platform up --stack ${name}`, cause: error });
    }
  }

  /** What an update would do. Writes nothing. `noPolicies` leaves the packs out, to measure them. */
  async preview(options: RunOptions & { noPolicies?: boolean }): Promise<EngineRun> {
    const packs = options.noPolicies ? [] : policyPacks;
    return await this.#run("preview", options, (common) =>
      this.#stack.preview({ ...common, policyPacks: packs }),
    );
  }

  /** Brings the stack to what the settings declare, policies on. */
  async up(options: RunOptions & { message?: string }): Promise<EngineRun> {
    const message = options.message ?? `platform up, by ${me()}`;
    return await this.#run("up", options, (common) =>
      this.#stack.up({ ...common, policyPacks, message, suppressOutputs: true }),
    );
  }

  /** Deletes everything that is not protected, or also empties the stack of what the program keeps protected. */
  async destroy(options: RunOptions & { keepProtected: boolean }): Promise<EngineRun> {
    return await this.#run("destroy", options, (common) =>
      this.#stack.destroy({
        ...common,
        excludeProtected: options.keepProtected,
        message: `platform destroy, by ${me()}`,
        suppressOutputs: true,
      }),
    );
  }

  /** Brings the state up to date with what is really there: all of it, or only the resources that are named by URN. */
  async refresh(options: RunOptions & { only?: string[] }): Promise<EngineRun> {
    return await this.#run("refresh", options, (common) =>
      this.#stack.refresh({
        ...common,
        message: "platform refresh",
        suppressOutputs: true,
        ...(options.only ? { target: options.only } : {}),
      }),
    );
  }

  /**
   * What differs at the vendors from what the state knows. Writes nothing; the events tell each property, secrets masked.
   * Without the program, so that today's settings count for nothing.
   */
  async refreshPreview(options: RunOptions & { hear: (event: EngineEvent) => void }): Promise<EngineRun> {
    return await this.#run("drift", options, (common) => {
      const onEvent = (event: EngineEvent): void => {
        common.onEvent(event);
        options.hear(event);
      };
      return this.#stack.previewRefresh({ ...common, onEvent });
    });
  }

  /** What the last update said of the platform; undefined before the first. */
  async outputs(): Promise<Outputs | undefined> {
    const outputs = await this.#ask(() => this.#stack.outputs());
    if (Object.keys(outputs).length === 0) return undefined;
    return Object.fromEntries(Object.entries(outputs).map(([key, { value }]) => [key, value])) as never;
  }

  /** Updates, newest first. */
  async history(limit = 20): Promise<Update[]> {
    const updates = await this.#ask(() => this.#stack.history());
    return updates.slice(0, limit).map((update, index) => ({
      // Self-managed backends number nothing; the place in the whole history is what Pulumi Cloud counts too.
      number: update.version || updates.length - index,
      kind: update.kind,
      result: update.result,
      startedAt: new Date(update.startTime).toISOString(),
      seconds: update.endTime
        ? (new Date(update.endTime).getTime() - new Date(update.startTime).getTime()) / 1000
        : 0,
      who: update.environment?.["git.author"] ?? update.environment?.["git.committer"] ?? "",
      message: update.message,
      changes: Object.entries(update.resourceChanges ?? {}).reduce(
        (sum, [op, n]) => sum + (op === "same" ? 0 : n),
        0,
      ),
      gitSha: update.environment?.["git.head"],
    }));
  }

  /** The whole state, its secrets encrypted: the Automation API would decrypt them. */
  async exportState(): Promise<Deployment> {
    return JSON.parse(await this.#pulumi(["stack", "export"])) as Deployment;
  }

  /** Replaces the whole state. By standard input: the Automation API would leave a file in the temporary folder. */
  async importState(deployment: Deployment): Promise<void> {
    await this.#pulumi(["stack", "import"], JSON.stringify(deployment));
  }

  /** Breaks the lock of an update that is dead. */
  async unlock(): Promise<void> {
    await this.#stack.cancel();
  }

  /**
   * Sets values in the stack's settings, the secret ones encrypted. By standard input: the Automation API would put them
   * on the command line of a process, where everybody on the machine can read them.
   */
  async setConfig(values: readonly { key: string; value: string; secret: boolean }[]): Promise<void> {
    for (const { key, value, secret } of values) {
      const kind = secret ? "--secret" : "--plaintext";
      await this.#pulumi(["config", "set", kind, "--raw", `${projectName()}:${key}`], value);
    }
  }

  async #pulumi(args: string[], input = ""): Promise<string> {
    const all = [...args, "--stack", this.name, "--non-interactive"];
    try {
      return (await execa("pulumi", all, { cwd: projectDir(), input })).stdout;
    } catch (error) {
      if (!(error instanceof ExecaError)) throw error;
      const message = `${this.name}: pulumi ${args.slice(0, 2).join(" ")} failed\n  ${String(error.stderr).trim()}`;
      throw new UserError("failed", message, { cause: error });
    }
  }

  /** Asks the engine something short, and says in a sentence why it cannot be answered. */
  async #ask<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      throw unopened(this.name, error);
    }
  }

  async #run(kind: string, { tell, signal }: RunOptions, call: Call): Promise<EngineRun> {
    const events = new EngineEvents();
    const log = openLog(this.name, kind);
    const started = performance.now();
    delete this.#thrown.error;
    const { held, alive } = heldSignal(signal);
    const onOutput = (text: string): void => {
      alive();
      log.write(text);
    };
    const onEvent = (event: EngineEvent): void => {
      alive();
      events.add(event);
      tell?.(`${events.finished} resources`);
    };
    try {
      await call({ signal: held, onEvent, onOutput, onError: onOutput });
    } catch (error) {
      const locked = error instanceof ConcurrentUpdateError;
      throw (
        wrongPassphrase(this.name) ??
        engineFailure(
          { stack: this.name, kind, report: events.report(), log, signal, locked },
          this.#thrown.error,
          error,
        )
      );
    }
    return { ...events.report(), seconds: (performance.now() - started) / 1000, logFile: log.path };
  }
}

/** Why a stack could not be opened: the passphrase, or what the engine says of its backend. */
function unopened(stack: string, error: unknown): unknown {
  if (!(error instanceof CommandError)) return error;
  const said = error.message
    .split("\n")
    .filter((line) => line.includes("error:"))
    .slice(0, 3);
  const message = [`${stack}: its state cannot be opened`, ...said.map((line) => `  ${line.trim()}`)].join(
    "\n",
  );
  return (
    wrongPassphrase(stack) ??
    new UserError("failed", message, { next: `platform doctor --stack ${stack}`, cause: error })
  );
}
