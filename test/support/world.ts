import * as fs from "node:fs";
import { join } from "node:path";
import { short } from "../../operations/card.ts";
import { generate } from "../../operations/generate.ts";
import type { Deployment, StateResource } from "../../operations/state.ts";
import { control, resetSandbox, stopSandbox } from "../../sandbox/control.ts";
import type { Fault } from "../../sandbox/faults.ts";
import { secretValue } from "../../sandbox/github/secret-value.ts";
import { type Run, readRun } from "../../sandbox/run.ts";
import { Store } from "../../sandbox/store.ts";
import { memoryWorld } from "../../sandbox/world.ts";
import { root } from "../../tools/paths.ts";
import { type Inventory, beyond, inventoryOf } from "./inventory.ts";
import { type Answer, Project } from "./project.ts";

export type { Answer, Ended } from "./project.ts";

/**
 * A world of its own for one file of scenes: a project folder, a sandbox on free ports, nothing shared with the checkout
 * but the code. `remove` ends its processes; call it in `after`, which runs also when a scene fails.
 */
export class World extends Project {
  #seeded: Inventory = {};

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
    if (!this.borrowed) await resetSandbox(this.sandbox);
    fs.rmSync(this.dir, { recursive: true, force: true });
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
