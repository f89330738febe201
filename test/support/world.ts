import { type ChildProcess, spawn } from "node:child_process";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isMap, parseDocument } from "yaml";
import { short } from "../../operations/card.ts";
import { generate } from "../../operations/generate.ts";
import type { Deployment, StateResource } from "../../operations/state.ts";
import type { Context, Outcome } from "../../operations/verb.ts";
import { silentProgress } from "../../operations/progress.ts";
import { verbs } from "../../operations/verbs.ts";
import { control, resetSandbox, stopSandbox } from "../../sandbox/control.ts";
import type { Fault } from "../../sandbox/faults.ts";
import { secretValue } from "../../sandbox/github/secret-value.ts";
import { type Run, readRun } from "../../sandbox/run.ts";
import { Store } from "../../sandbox/store.ts";
import { memoryWorld } from "../../sandbox/world.ts";
import { binDir, root } from "../../tools/paths.ts";
import { type Inventory, beyond, inventoryOf } from "./inventory.ts";

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

/**
 * A world of its own for one file of scenes: a project folder, a sandbox on free ports, nothing shared with the checkout
 * but the code. `remove` ends its processes; call it in `after`, which runs also when a scene fails.
 */
export class World {
  readonly #machines: "rows" | "real";
  readonly #borrowed: boolean;
  readonly dir: string;
  readonly project: string;
  readonly sandbox: string;
  #seeded: Inventory = {};

  /**
   * @param machines "rows" for scenes of everything but machines: a droplet is a row, and commands are noted, not run
   * @param borrowed a checkout whose sandbox runs: the world is that one, which stays when it is removed
   */
  constructor(machines: "rows" | "real" = "rows", borrowed?: string) {
    this.#machines = machines;
    this.#borrowed = borrowed !== undefined;
    this.dir = fs.mkdtempSync(join(tmpdir(), "platform-world-"));
    this.project = borrowed ?? join(this.dir, "project");
    this.sandbox = join(borrowed ?? this.dir, borrowed === undefined ? "sandbox" : ".sandbox");
    if (borrowed !== undefined) return;
    fs.mkdirSync(this.project);
    fs.copyFileSync(join(root, "Pulumi.yaml"), join(this.project, "Pulumi.yaml"));
    // Node finds the rest of the program by the link's target.
    fs.symlinkSync(join(root, "index.ts"), join(this.project, "index.ts"));
  }

  /** Starts the emulated vendors and makes the settings of both sandbox stacks. */
  async start(more: NodeJS.ProcessEnv = {}): Promise<void> {
    await this.json(["sandbox", "up", "--only-world"], more);
    // The emulated GitHub has its repositories once somebody has asked.
    await this.vendor("github", "GET", "/rate_limit");
    this.#seeded = this.inventory();
  }

  /** Takes a stack of the checkout along, as it is committed. To be called before the start, which seeds its repositories. */
  adopt(stack: string): void {
    const file = `Pulumi.${stack}.yaml`;
    fs.copyFileSync(join(root, file), join(this.project, file));
  }

  /**
   * Completes an adopted stack's settings: `platform init`, then by hand what it cannot make.
   * @returns the environment in which its verbs run
   */
  async complete(stack: string): Promise<NodeJS.ProcessEnv> {
    const environment = await this.exported();
    const { missing } = await this.json(["init", "--stack", stack], environment);
    for (const key of missing as string[]) await this.setConfig(stack, key, `by-hand-${key}`, "secret");
    return environment;
  }

  async remove(): Promise<void> {
    if (!this.#borrowed) await resetSandbox(this.sandbox);
    fs.rmSync(this.dir, { recursive: true, force: true });
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
  async until(moment: () => boolean, seconds = 30): Promise<void> {
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
    return (await this.json(["sandbox", "env"]))["environment"] as NodeJS.ProcessEnv;
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

  /** Puts a new pair in the place of one of the generated key pairs. */
  async rotateKeyPair(stack: string, pair: "ssh" | "host"): Promise<void> {
    for (const { key, value, secret } of generate([`${pair}PrivateKey`, `${pair}PublicKey`]))
      await this.setConfig(stack, key, value, secret ? "secret" : "plaintext");
  }

  /** Every resource of the vendors in the stack's state, its secrets decrypted. */
  async resources(stack: string): Promise<StateResource[]> {
    const { stdout } = await this.pulumi(["stack", "export", "--show-secrets", "--stack", stack]);
    const { resources = [] } = (JSON.parse(stdout) as Deployment).deployment;
    return resources.filter(({ type }) => !type.startsWith("pulumi:"));
  }

  /** Edits resources in the stack's state, the way `pulumi stack export` and `import` let a person do. */
  async editState(stack: string, edit: (resource: StateResource) => void): Promise<void> {
    const { stdout } = await this.pulumi(["stack", "export", "--stack", stack]);
    const state = JSON.parse(stdout) as Deployment;
    state.deployment.resources?.forEach(edit);
    const imported = await this.pulumi(["stack", "import", "--stack", stack], JSON.stringify(state));
    if (imported.code !== 0) throw new Error(imported.stderr);
  }

  /**
   * Makes the state what it would be, had the update been killed at the worst moment of some creations: what they made
   * stands at the vendors, and the state knows only that it was about to be made.
   * @param unbegun types that the state does not know at all any more
   */
  forgetCreations(stack: string, pending: (type: string) => boolean, unbegun: string[]): void {
    const { version, checkpoint } = this.#checkpoint(stack);
    const { resources = [] } = checkpoint.latest;
    const kind = ({ id, type }: StateResource): "known" | "pending" | "unbegun" => {
      if (id === undefined || type.startsWith("pulumi:")) return "known";
      return unbegun.includes(short(type)) ? "unbegun" : pending(short(type)) ? "pending" : "known";
    };
    const gone = new Set(resources.filter((one) => kind(one) === "unbegun").map(({ urn }) => urn));
    checkpoint.latest.resources = resources.filter((one) => kind(one) === "known");
    checkpoint.latest.pending_operations = resources
      .filter((one) => kind(one) === "pending")
      .map(({ dependencies = [], ...rest }) => ({
        resource: {
          ...rest,
          id: undefined,
          outputs: {},
          dependencies: dependencies.filter((urn) => !gone.has(urn)),
        } as unknown as StateResource,
        type: "creating",
      }));
    // `pulumi stack import` would drop them.
    fs.writeFileSync(this.#stateFile(stack), JSON.stringify({ version, checkpoint }));
  }

  /** What the state says an update was at when it was interrupted. */
  pending(stack: string): { type: string; resource: StateResource }[] {
    return this.#checkpoint(stack).checkpoint.latest.pending_operations ?? [];
  }

  #checkpoint(stack: string): { version: number; checkpoint: { latest: Deployment["deployment"] } } {
    return JSON.parse(fs.readFileSync(this.#stateFile(stack), "utf8")) as never;
  }

  #stateFile(stack: string): string {
    return join(this.sandbox, "state", ".pulumi", "stacks", "odoo-platform", `${stack}.json`);
  }

  stackFile(stack: string): string {
    return join(this.project, `Pulumi.${stack}.yaml`);
  }

  run(): Run {
    const run = readRun(this.sandbox);
    if (!run) throw new Error("the world does not run");
    return run;
  }

  async break(fault: Fault): Promise<void> {
    await control(this.run(), "POST", "/faults", fault);
  }

  async mend(): Promise<void> {
    await control(this.run(), "DELETE", "/faults");
  }

  /** How often each fault that was limited will still hit. */
  async activeFaults(): Promise<(number | undefined)[]> {
    const { faults } = (await control(this.run(), "GET", "/")) as unknown as { faults: Fault[] };
    return faults.map(({ times }) => times);
  }

  /** What a workflow of a repository would find in a secret; the API itself never tells. */
  workflowSecret(repository: string, name: string, environment: string): string | undefined {
    const store = new Store(join(this.sandbox, "github.json"));
    return secretValue(memoryWorld({ store }), repository, name, environment);
  }

  /** Everything that stands at the vendors. */
  inventory(): Inventory {
    return inventoryOf(this.sandbox);
  }

  /** The same without what stood there at the start. */
  made(): Inventory {
    return beyond(this.inventory(), this.#seeded);
  }

  /** Ids of what stands in one of DigitalOcean's lists. */
  async ids(list: "droplets" | "volumes"): Promise<unknown[]> {
    const response = await this.vendor("digitalocean", "GET", `/${list}`);
    const rows = ((await response.json()) as Record<string, { id: unknown }[]>)[list] ?? [];
    return rows.map(({ id }) => id);
  }

  /** Reserves an address by hand, a year ago. */
  async spareAddress(): Promise<string> {
    const answer = await this.vendor("digitalocean", "POST", "/reserved_ips", { region: "sgp1" });
    const { reserved_ip } = (await answer.json()) as { reserved_ip: { ip: string } };
    await stopSandbox(this.sandbox);
    const file = join(this.sandbox, "digitalocean.json");
    const state = JSON.parse(fs.readFileSync(file, "utf8")) as {
      tables: { assignments: Record<string, { urn: string; assigned_at: string }> };
    };
    for (const row of Object.values(state.tables.assignments))
      if (row.urn.endsWith(`:${reserved_ip.ip}`)) row.assigned_at = "2025-11-21T00:00:00Z";
    fs.writeFileSync(file, JSON.stringify(state));
    await this.json(["sandbox", "up", "--only-world"]);
    return reserved_ip.ip;
  }

  /** One request of an emulated vendor's API, by hand. */
  async vendor(
    vendor: "digitalocean" | "github",
    method: string,
    path: string,
    body?: object,
  ): Promise<Response> {
    const { ports, credentials } = this.run();
    const token = vendor === "github" ? credentials.githubToken : credentials.digitaloceanToken;
    const base = `http://127.0.0.1:${ports[vendor]}${vendor === "github" ? "/api/v3" : "/v2"}`;
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    return await fetch(`${base}${path}`, {
      method,
      headers,
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
  }
}

/** Names of what a card would change, by what would be done: `{ update: ["odoo-sandbox-volume: size"] }`. */
export function changesOf(answer: { card?: unknown }): Record<string, string[]> {
  const { changes } = answer.card as NonNullable<Answer["card"]>;
  const named = Map.groupBy(changes, ({ op }) => op);
  return Object.fromEntries(
    [...named].map(([op, all]) => [
      op,
      all
        .map(({ name, properties }) => (properties.length > 0 ? `${name}: ${properties.join(", ")}` : name))
        .sort(),
    ]),
  );
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
