import { setTimeout as sleep } from "node:timers/promises";
import type { World } from "./world.ts";

const repo = "/repos/sandbox/odoo-addons";

export interface RunView {
  id: number;
  name: string;
  event: string;
  status: string;
  conclusion: string | null;
  display_title: string;
  html_url: string;
}

/** What a world's GitHub tells of its workflows, by its API alone. */
export class Actions {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  async get<T>(path: string): Promise<T> {
    const answer = await this.#world.vendor("github", "GET", `${repo}${path}`);
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  }

  async send(method: string, path: string, body: object): Promise<Record<string, unknown>> {
    const answer = await this.#world.vendor("github", method, `${repo}${path}`, body);
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text === "" ? {} : (JSON.parse(text) as Record<string, unknown>);
  }

  async runs(): Promise<RunView[]> {
    return (await this.get<{ workflow_runs: RunView[] }>("/actions/runs?per_page=100")).workflow_runs;
  }

  /** Does something, and waits for the runs of these workflows that it sets going. */
  async during(
    workflows: string[],
    act: () => Promise<unknown>,
    seconds = 180,
  ): Promise<Record<string, RunView>> {
    const before = new Set((await this.runs()).map(({ id }) => id));
    await act();
    for (const began = Date.now(); ; await sleep(200)) {
      const made = (await this.runs()).filter(({ id, name }) => !before.has(id) && workflows.includes(name));
      const all = workflows.every((name) => made.some((run) => run.name === name));
      if (all && made.every(({ status }) => status === "completed"))
        return Object.fromEntries(made.toReversed().map((run) => [run.name, run]));
      if (Date.now() - began > seconds * 1000)
        throw new Error(
          `not ended: ${made.map(({ name, status }) => `${name} ${status}`).join(", ") || "none"}`,
        );
    }
  }

  /** The jobs of a run: each name and what it came to. */
  async jobs({ id }: RunView): Promise<Record<string, string | null>> {
    const { jobs } = await this.get<{ jobs: { name: string; conclusion: string | null }[] }>(
      `/actions/runs/${id}/jobs`,
    );
    return Object.fromEntries(jobs.map(({ name, conclusion }) => [name, conclusion]));
  }

  /** The log of one of a run's jobs. */
  async log({ id }: RunView, name: string): Promise<string> {
    const { jobs } = await this.get<{ jobs: { id: number; name: string }[] }>(`/actions/runs/${id}/jobs`);
    const job = jobs.find((one) => one.name === name);
    return await (await this.#world.vendor("github", "GET", `${repo}/actions/jobs/${job?.id}/logs`)).text();
  }
}
