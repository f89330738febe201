import { type CommandScope, command, commandsOnMachines } from "./command/index.ts";
import { digitalocean } from "./digitalocean/index.ts";
import { github } from "./github/index.ts";
import type { Pace } from "./protocol/http.ts";
import { listen } from "./protocol/server.ts";

export interface PluginOptions {
  /**
   * Where endpoints and credentials stand, under the names that the official plugins read: `DIGITALOCEAN_API_URL`,
   * `DIGITALOCEAN_TOKEN`, `SPACES_ENDPOINT_URL`, `SPACES_ACCESS_KEY_ID`, `SPACES_SECRET_ACCESS_KEY`,
   * `GITHUB_BASE_URL`, `GITHUB_TOKEN`, `GITHUB_OWNER`. A stack's own provider configuration goes before them.
   *
   * @default process.env
   */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /**
   * What the one of `command` serves. Whoever reaches its port may tell it what to run, so a process that stays serves what
   * does nothing in this user's name, and nothing at all where commands are only noted. @default "all"
   */
  readonly commands?: "all" | CommandScope;
  /** Ports on 127.0.0.1; any free ones where left out. */
  readonly ports?: Partial<Record<PluginName, number>>;
  /** How often to look while a vendor works, in ms. @default 200 at first, 1000 at most */
  readonly pace?: Pace;
}

export type PluginName = "digitalocean" | "github" | "command";

export interface RunningPlugins extends Readonly<Record<PluginName, number>> {
  /** Ends what is under way and stops listening. */
  close(): Promise<void>;
}

/**
 * Starts stand-ins for the provider plugins of DigitalOcean, GitHub and `command` in this process, for machines where
 * the official ones cannot be downloaded. An engine attaches to them with
 * `PULUMI_DEBUG_PROVIDERS=digitalocean:PORT,github:PORT,command:PORT`; any number of engines may at once.
 *
 * @returns the ports they listen on
 */
export async function startPlugins(options: PluginOptions = {}): Promise<RunningPlugins> {
  const { env = process.env, ports = {}, pace = { first: 200, most: 1000 }, commands = "all" } = options;
  const [digitaloceanPlugin, githubPlugin, commandPlugin] = await Promise.all([
    listen(digitalocean(env, pace), ports.digitalocean),
    listen(github(env), ports.github),
    listen(commands === "all" ? command() : commandsOnMachines(commands), ports.command),
  ]);
  return {
    digitalocean: digitaloceanPlugin.port,
    github: githubPlugin.port,
    command: commandPlugin.port,
    close: async () => {
      await Promise.all([digitaloceanPlugin, githubPlugin, commandPlugin].map((plugin) => plugin.close()));
    },
  };
}
