import {
  CommandError,
  ConcurrentUpdateError,
  type EngineEvent,
  LocalWorkspace,
  PulumiCommand,
  type Stack,
  StackNotFoundError,
} from "@pulumi/pulumi/automation/index.js";
import type { Unwrap } from "@pulumi/pulumi";
import { ExecaError, execa } from "execa";
import type { PlatformOutputs } from "../components/platform-args.ts";
import todaysProgram from "../index.ts";
import { UserError } from "../user-error.ts";
import { EngineEvents, type EngineReport } from "./engine-events.ts";
import { engineFailure } from "./engine-failure.ts";
import { heldSignal } from "./held-signal.ts";
import { openLog } from "./log-file.ts";
import { me } from "./me.ts";
import { type Overlay, withOverlay } from "./overlay.ts";
import { policyPacks, withPolicyConfigs } from "./policy-packs.ts";
import { wrongPassphrase } from "./passphrase.ts";
import { projectDir, projectName } from "./project.ts";
import type { Deployment } from "./state.ts";

export interface RunOptions {
  /** Ends the run in order when it is aborted. */
  signal: AbortSignal;
  /** Called at each step of the engine with a line like "12 resources". */
  tell?: (text: string) => void;
  /** Called with each resource that is done, by its URN. */
  done?: (urn: string) => void;
  /** What breaks policies, and nothing else, is told as what it would do; without it, that is a failure. */
  despitePolicies?: boolean;
}

/** What a run of the engine came to. */
export interface EngineRun extends EngineReport {
  seconds: number;
  /** Path of the full output, in which the engine has masked the secrets. */
  logFile: string;
}

/** What a stack's last update said of itself, with its values known. */
export type Outputs = Unwrap<PlatformOutputs>;

/** The program, as `index.ts` exports it; of another commit too. */
export type Program = () => Promise<object>;

/** What an update is given beside the settings. */
export interface UpOptions extends RunOptions {
  message?: string;
  /** Release, record and sections for this update alone, which its history entry then holds. */
  overlay?: Overlay;
  /** URNs of resources that are made anew. */
  replace?: string[];
  /** Reads what is really there before, so that what somebody changed outside is put back. */
  refresh?: boolean;
  /** Mandatory policies, by name, that only tell this time. */
  passOver?: string[];
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
   * @param program what declares it: that of another commit, to go back with
   * @throws {UserError} noSuchStack, when it has no state and `create` is not set
   */
  static async open(
    name: string,
    { create = false, program = todaysProgram }: { create?: boolean; program?: Program } = {},
  ): Promise<PlatformStack> {
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
    try {
      const workspace = { workDir: projectDir(), pulumiCommand: await pulumiCommand() };
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
  async preview(
    options: RunOptions & Pick<UpOptions, "overlay" | "refresh"> & { noPolicies?: boolean },
  ): Promise<EngineRun> {
    const packs = options.noPolicies ? [] : policyPacks;
    const { refresh = false } = options;
    return await this.#run("preview", options, (common) =>
      this.#configured(options.overlay, (config) =>
        this.#stack.preview({ ...common, ...config, refresh, policyPacks: packs }),
      ),
    );
  }

  /** Brings the stack to what the settings declare, policies on. It previews nothing first. */
  async up(options: UpOptions): Promise<EngineRun> {
    const { message = `platform up, by ${me()}`, replace = [], refresh = false, passOver = [] } = options;
    return await this.#run("up", options, (common) =>
      this.#configured(options.overlay, (config) =>
        withPolicyConfigs(passOver, (policyPackConfigs) =>
          lean(this.#stack).up({
            ...common,
            ...config,
            policyPacks,
            policyPackConfigs,
            message,
            replace,
            refresh,
            suppressOutputs: true,
          }),
        ),
      ),
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

  async #configured<T>(
    overlay: Overlay | undefined,
    run: (config: { configFile?: string }) => Promise<T>,
  ): Promise<T> {
    if (!overlay) return await run({});
    return await withOverlay(this.name, overlay, (configFile) => run({ configFile }));
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

  async #run(
    kind: string,
    { tell, done, signal, despitePolicies = false }: RunOptions,
    call: Call,
  ): Promise<EngineRun> {
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
      if (event.resOutputsEvent) done?.(event.resOutputsEvent.metadata.urn);
    };
    try {
      await call({ signal: held, onEvent, onOutput, onError: onOutput });
    } catch (error) {
      const { violations } = events.report();
      const told = violations.some(({ mandatory }) => mandatory) && this.#thrown.error === undefined;
      if (despitePolicies && told && !signal.aborted)
        return { ...events.report(), seconds: (performance.now() - started) / 1000, logFile: log.path };
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

/**
 * The same stack without what the Automation API asks after each update, one command after the other and with the secrets:
 * all outputs and the newest history entry. Nobody reads them here, and they take two seconds.
 */
function lean(stack: Stack): Stack {
  const nothing = async (): Promise<never> => await Promise.resolve(undefined as never);
  return Object.assign(Object.create(stack) as Stack, { outputs: nothing, info: nothing });
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

/** The CLI, asked for its version once in a process and not by each workspace. */
let found: Promise<PulumiCommand> | undefined;
const pulumiCommand = (): Promise<PulumiCommand> => (found ??= PulumiCommand.get());
