import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { type ServerType, serve } from "@hono/node-server";
import { controlRoutes } from "./control-routes.ts";
import { digitalOcean } from "./digitalocean/app.ts";
import { Cloud } from "./digitalocean/cloud.ts";
import { Faults } from "./faults.ts";
import { gitHub } from "./github/app.ts";
import { type ActionsConfig, bot } from "./github/actions/options.ts";
import { Runner } from "./github/actions/runner.ts";
import type { GitHubOptions, SeedRepository } from "./github/options.ts";
import { type MachinesConfig, spacesTls, startMachines } from "./machines/start.ts";
import { startPlugins } from "./plugins/index.ts";
import type { Credentials, Ports, Run } from "./run.ts";
import { startSpaces } from "./spaces/server.ts";
import { receivers } from "./receivers/app.ts";
import { Store } from "./store.ts";
import type { World } from "./world.ts";

/** What the process that starts the server hands to it, as JSON on standard input. */
export interface ServerConfig {
  dir: string;
  ports: Ports;
  credentials: Credentials;
  officialPlugins: boolean;
  /** Droplets are machines; without it they are rows. */
  machines?: MachinesConfig;
  /** Path of versitygw. */
  versitygw: string;
  owner: string;
  repositories: SeedRepository[];
  /** Runs the workflows of the emulated GitHub. */
  actions?: Pick<ActionsConfig, "act" | "checkout">;
}

type Closing = () => void | Promise<void>;

/**
 * The sandbox's one process: both vendors' APIs, Spaces, the stand-in plugins and the control routes, all on loopback.
 * It says where it is in `run.json` once everything answers, and takes that away when it ends.
 */
async function main(): Promise<void> {
  // Whoever reaches the plugin of commands could have this user's agent sign for them: it connects by given keys alone.
  delete process.env["SSH_AUTH_SOCK"];
  const config = JSON.parse(readFileSync(0, "utf8")) as ServerConfig;
  const closing: Closing[] = [];
  try {
    await startAll(config, closing);
  } catch (error) {
    await closeAll(closing);
    throw error;
  }
  const end = (): void => {
    closeAll(closing).then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.on("SIGTERM", end);
  process.on("SIGINT", end);
}

async function startAll(config: ServerConfig, closing: Closing[]): Promise<void> {
  const { dir, ports, credentials } = config;
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const faults = new Faults();
  const world = (vendor: string): World => ({
    store: new Store(join(dir, `${vendor}.json`)),
    faults,
    log: (line) => void process.stderr.write(`${new Date().toISOString()} ${line}\n`),
    now: () => new Date(),
  });
  const account = world("digitalocean");
  const cloud = new Cloud(account);
  if (config.machines) closing.push(await startMachines(cloud, { ...config, machines: config.machines }));
  closing.push(
    await listen(digitalOcean(account, { token: credentials.digitaloceanToken, cloud }), ports.digitalocean),
  );
  const hub: GitHubOptions = {
    token: credentials.githubToken,
    owner: config.owner,
    owners: [{ login: bot, kind: "user" }],
    repositories: config.repositories,
  };
  const vendor = world("github");
  const runner = runnerOf(config, vendor, hub);
  closing.push(await listen(gitHub(vendor, hub), ports.github));
  closing.push(await listen(receivers(world("receivers"), credentials.receiversToken), ports.receivers ?? 0));
  const tls = config.machines && (await spacesTls(dir));
  const spaces = await startSpaces(world("spaces"), account, { ...config, port: ports.spaces, tls });
  closing.push(() => spaces.close());
  closing.push(await pluginsOf(config));
  const run: Run = {
    pid: process.pid,
    startedAt: new Date().toISOString(),
    dir,
    ports,
    credentials,
    officialPlugins: config.officialPlugins,
    machines: config.machines !== undefined,
  };
  closing.push(await listen(controlRoutes(faults, runner), ports.control));
  closing.push(() => rmSync(join(dir, "run.json"), { force: true }));
  // Before everything else ends that its runs may be at work with.
  if (runner) closing.push(() => runner.close());
  writePrivate(join(dir, "run.json"), JSON.stringify(run, null, 2));
}

function runnerOf(config: ServerConfig, world: World, hub: GitHubOptions): Runner | undefined {
  const { actions, dir, ports } = config;
  if (!actions) return undefined;
  const runner = new Runner(world, hub, {
    ...actions,
    dir: join(dir, "actions"),
    origin: `http://127.0.0.1:${ports.github}`,
    env: runnerEnvironment(config),
  });
  hub.runner = runner;
  hub.tokens = runner.tokens;
  hub.onEvent = (event) => runner.onEvent(event);
  return runner;
}

/** What a runner brings of its own: tools, what Pulumi has installed, and where this sandbox is. Nothing secret. */
function runnerEnvironment({ dir, machines, actions }: ServerConfig): Record<string, string> {
  const {
    PATH = "",
    HOME = "",
    PULUMI_HOME = join(HOME, ".pulumi"),
    XDG_CACHE_HOME = join(HOME, ".cache"),
  } = process.env;
  const bin = actions?.checkout ? [join(actions.checkout.folder, "node_modules", ".bin")] : [];
  return {
    PATH: [...bin, PATH].join(delimiter),
    PULUMI_HOME,
    XDG_CACHE_HOME,
    PLATFORM_SANDBOX: dir,
    PLATFORM_SANDBOX_MACHINES: machines ? "real" : "rows",
    // Set-up has been here.
    PLATFORM_SET_UP: "done",
    ...(PATH.split(delimiter).some((folder) => existsSync(join(folder, "docker")))
      ? {}
      : { PLATFORM_RUNNER: "without-docker" }),
  };
}

async function pluginsOf({ officialPlugins, ports, credentials, machines }: ServerConfig): Promise<Closing> {
  if (officialPlugins) return () => {};
  const plugins = await startPlugins({
    commands: machines ? "remote" : "noted",
    ports: ports.plugins,
    env: {
      DIGITALOCEAN_API_URL: `http://127.0.0.1:${ports.digitalocean}`,
      DIGITALOCEAN_TOKEN: credentials.digitaloceanToken,
      GITHUB_BASE_URL: `http://127.0.0.1:${ports.github}/`,
      GITHUB_TOKEN: credentials.githubToken,
      SPACES_ENDPOINT_URL: `http://127.0.0.1:${ports.spaces}`,
      SPACES_ACCESS_KEY_ID: credentials.spacesAccessKeyId,
      SPACES_SECRET_ACCESS_KEY: credentials.spacesSecretAccessKey,
    },
  });
  return () => plugins.close();
}

function listen(
  app: { fetch: (request: Request) => Response | Promise<Response> },
  port: number,
): Promise<Closing> {
  return new Promise((resolve, reject) => {
    const server: ServerType = serve({ fetch: app.fetch, port, hostname: "127.0.0.1" }, () => resolve(close));
    server.once("error", reject);
    const close = (): void => {
      server.close();
      if ("closeAllConnections" in server) server.closeAllConnections();
    };
  });
}

async function closeAll(closing: Closing[]): Promise<void> {
  for (const close of closing.toReversed()) await close();
}

function writePrivate(file: string, text: string): void {
  writeFileSync(`${file}.partial`, text, { mode: 0o600 });
  chmodSync(`${file}.partial`, 0o600);
  renameSync(`${file}.partial`, file);
}

await main();
