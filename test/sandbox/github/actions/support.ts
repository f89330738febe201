import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type CheckoutConfig, bot } from "../../../../sandbox/github/actions/options.ts";
import { Runner } from "../../../../sandbox/github/actions/runner.ts";
import type { GitHubOptions } from "../../../../sandbox/github/options.ts";
import { Store } from "../../../../sandbox/store.ts";
import { memoryWorld } from "../../../../sandbox/world.ts";
import { tool } from "../../../../tools/paths.ts";
import { type Answer, type Client, acme } from "../support.ts";

/** Options of an emulated GitHub that runs its workflows, and its store. */
export function running(more: Partial<GitHubOptions> = {}, checkout?: CheckoutConfig) {
  const dir = mkdtempSync(join(tmpdir(), "actions-"));
  const store = new Store();
  const options: GitHubOptions = { ...acme, ...more };
  options.owners = [...(more.owners ?? []), { login: bot, kind: "user" }];
  const runner = new Runner(memoryWorld({ store }), options, {
    act: tool("act"),
    dir,
    origin: "http://127.0.0.1:9",
    env: { PATH: process.env["PATH"] ?? "" },
    ...(checkout && { checkout }),
  });
  options.runner = runner;
  options.tokens = runner.tokens;
  options.onEvent = (event) => runner.onEvent(event);
  const close = async (): Promise<void> => {
    await runner.close();
    rmSync(dir, { recursive: true, force: true });
  };
  return { options, store, runner, dir, close };
}

/** A repository with workflows, by their files' names. */
export const repositoryWith = (workflows: Record<string, string>) => [
  {
    owner: "acme",
    name: "erp",
    private: true,
    files: Object.fromEntries(
      Object.entries(workflows).map(([name, text]) => [`.github/workflows/${name}`, text]),
    ),
  },
];

export const repo = "/repos/acme/erp";

/** The newest run, once it has come to this status. */
export async function latestRun(client: Client, status = "completed", query = ""): Promise<Answer> {
  for (const began = Date.now(); Date.now() - began < 15_000; await sleep(30)) {
    const answer = await client.get(`${repo}/actions/runs?per_page=1${query}`);
    if (answer.value("workflow_runs", 0, "status") === status) {
      return await client.get(`${repo}/actions/runs/${answer.text("workflow_runs", 0, "id")}`);
    }
  }
  throw new Error(`no run has come to be ${status}`);
}

/** The jobs of a run: each name and what it came to. */
export async function jobsOf(client: Client, run: Answer): Promise<Record<string, string>> {
  const answer = await client.get(`${repo}/actions/runs/${run.text("id")}/jobs`);
  const jobs = answer.value("jobs") as { name: string; conclusion: string | null; status: string }[];
  return Object.fromEntries(jobs.map(({ name, conclusion, status }) => [name, conclusion ?? status]));
}

/** The log of one of a run's jobs, from the address that the API sends to. */
export async function logOf(client: Client, run: Answer, name: string): Promise<string> {
  const answer = await client.get(`${repo}/actions/runs/${run.text("id")}/jobs`);
  const job = (answer.value("jobs") as { name: string; id: number }[]).find((one) => one.name === name);
  const sent = await client.get(`${repo}/actions/jobs/${job?.id}/logs`);
  return await (await download(client, sent)).text();
}

/** What stands at the address of a 302. */
export async function download(client: Client, answer: Answer): Promise<Response> {
  const { pathname } = new URL(answer.headers.get("location") ?? "");
  return await client.app.request(pathname);
}
