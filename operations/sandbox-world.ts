import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { startSandbox, stopSandbox } from "../sandbox/control.ts";
import { PortInUse } from "../sandbox/ports.ts";
import type { SeedRepository } from "../sandbox/github/options.ts";
import type { MachinesConfig } from "../sandbox/machines/start.ts";
import { type Run, readRun } from "../sandbox/run.ts";
import { checkSettings } from "../settings/check.ts";
import { root, tool } from "../tools/paths.ts";
import { UserError } from "../user-error.ts";
import { isSandbox, sandboxDir } from "./engine-env.ts";
import type { Progress } from "./progress.ts";
import { prepareMachines } from "./sandbox-machines.ts";
import { projectDir, readStackFile, stackNames } from "./project.ts";

/** First of the sandbox's ports; PLATFORM_SANDBOX_PORT moves them, 0 takes any. */
const defaultPort = 7700;

/** Owner of the sandbox's own repositories. */
const owner = "sandbox";

/**
 * The repository that this checkout stands for: its workflows run for real. The sandbox's stacks name it, as a team's stacks
 * name the one that holds their platform.
 */
const ownRepository = "odoo-addons";

/**
 * Starts the sandbox unless it runs.
 * @returns what is missing for droplets to be machines, as sentences; none where they are
 * @throws {UserError} badInput, for a port that is taken; failed, with the end of its log
 */
export async function startWorld(
  progress: Progress,
): Promise<{ run: Run; started: boolean; missing: string[] }> {
  const prepared = await prepareMachines(progress);
  // One that was started when this computer could not run machines yet.
  if (prepared.machines && readRun(sandboxDir())?.machines === false) await stopSandbox(sandboxDir());
  const title = `Starting the emulated DigitalOcean and GitHub${prepared.machines ? ", with machines" : ""}`;
  return { ...(await progress.step(title, () => startServer(prepared.machines))), missing: prepared.missing };
}

async function startServer(machines: MachinesConfig | undefined): Promise<{ run: Run; started: boolean }> {
  try {
    return await startSandbox({
      ...(machines && { machines }),
      dir: sandboxDir(),
      basePort: basePort(),
      officialPlugins: useOfficialPlugins(),
      versitygw: tool("versitygw"),
      owner,
      repositories: seeds(),
      actions: {
        act: tool("act"),
        checkout: { repository: `${owner}/${ownRepository}`, folder: root, project: projectDir() },
      },
    });
  } catch (error) {
    if (error instanceof PortInUse) {
      throw new UserError("badInput", `port ${error.port} on 127.0.0.1 is in use, which the sandbox wants`, {
        hint: "Set PLATFORM_SANDBOX_PORT to another number; eight ports from there on are used, or any when it is 0.",
        cause: error,
      });
    }
    throw new UserError("failed", (error as Error).message, { next: "platform sandbox reset", cause: error });
  }
}

/**
 * The running sandbox.
 * @throws {UserError} failed, when none runs
 */
export function runningWorld(): Run {
  const run = readRun(sandboxDir());
  if (!run) throw new UserError("failed", "the sandbox does not run", { next: "npm start" });
  return run;
}

function basePort(): number {
  const text = process.env["PLATFORM_SANDBOX_PORT"] ?? String(defaultPort);
  const port = Number(text);
  if (Number.isInteger(port) && (port === 0 || (port >= 1024 && port <= 65_500))) return port;
  throw new UserError("badInput", `PLATFORM_SANDBOX_PORT: "${text}" is not a port from 1024 to 65500, nor 0`);
}

/** The official provider plugins where this machine has them; PLATFORM_PLUGINS overrides. */
export function useOfficialPlugins(): boolean {
  const choice = process.env["PLATFORM_PLUGINS"];
  if (choice === "official" || choice === "stand-in") return choice === "official";
  if (choice !== undefined) {
    throw new UserError(
      "badInput",
      `PLATFORM_PLUGINS: "${choice}" is not known; there is official, stand-in`,
    );
  }
  return ["digitalocean", "github", "command"].every(hasPlugin);
}

function hasPlugin(name: string): boolean {
  const file = `pulumi-resource-${name}`;
  if ((process.env["PATH"] ?? "").split(delimiter).some((folder) => existsSync(join(folder, file))))
    return true;
  const { version } = JSON.parse(
    readFileSync(join(root, "node_modules", "@pulumi", name, "package.json"), "utf8"),
  ) as { version: string };
  const home = process.env["PULUMI_HOME"] ?? join(homedir(), ".pulumi");
  return existsSync(join(home, "plugins", `resource-${name}-v${version}`, file));
}

/** Repositories that stand in the emulated GitHub: its own, and those that any stack of this project names. */
function seeds(): SeedRepository[] {
  const named = stackNames()
    .filter((stack) => !isSandbox(stack))
    .flatMap((stack) => checkSettings(readStackFile(stack)).settings.repositories ?? []);
  const own: SeedRepository = {
    owner,
    name: ownRepository,
    private: true,
    // Until the checkout's own files are read; an archive without git has none.
    files: { [workflowFile("Odoo CE CI")]: workflow("Odoo CE CI") },
    // The stacks that the workflows are for, in the place of staging and prod.
    variables: {
      PLATFORM_STACKS: JSON.stringify(["sandbox", "sandbox-app"]),
      PLATFORM_ENVIRONMENTS: JSON.stringify({ staging: "sandbox-app", production: "sandbox" }),
    },
    // An hour's work, machines and all, for what is checked by hand here.
    disabled: [".github/workflows/check.yml"],
  };
  const others = [...new Map(named.map((one) => [`${one.owner}/${one.name}`, one])).values()].map((one) => ({
    owner: one.owner,
    name: one.name,
    private: true,
    defaultBranch: one.branch,
    files: Object.fromEntries(one.requiredChecks.map((check) => [workflowFile(check), workflow(check)])),
  }));
  return [own, ...others];
}

const workflowFile = (check: string): string =>
  `.github/workflows/${check.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-")}.yml`;

const workflow = (check: string): string =>
  `name: ${check}\non: [push, pull_request]\njobs:\n  check:\n    name: ${check}\n    runs-on: ubuntu-latest\n    steps: [{ run: "true" }]\n`;
