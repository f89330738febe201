import { command } from "./command/index.ts";
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
   * Starts the one of `command` too. It runs what it is told as this user, and whoever reaches its port may tell it, so it
   * is for a process that ends with its engine, not for one that stays. @default true
   */
  readonly withCommand?: boolean;
  /** Ports on 127.0.0.1; any free ones where left out. */
  readonly ports?: Partial<Record<PluginName, number>>;
  /** How often to look while a vendor works, in ms. @default 200 at first, 1000 at most */
  readonly pace?: Pace;
}

export type PluginName = "digitalocean" | "github" | "command";

/** The ports; 0 for one that was not started. */
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
  const { env = process.env, ports = {}, pace = { first: 200, most: 1000 }, withCommand = true } = options;
  const [digitaloceanPlugin, githubPlugin, commandPlugin] = await Promise.all([
    listen(digitalocean(env, pace), ports.digitalocean),
    listen(github(env), ports.github),
    withCommand ? listen(command(), ports.command) : undefined,
  ]);
  return {
    digitalocean: digitaloceanPlugin.port,
    github: githubPlugin.port,
    command: commandPlugin?.port ?? 0,
    close: async () => {
      const started = [digitaloceanPlugin, githubPlugin, ...(commandPlugin ? [commandPlugin] : [])];
      await Promise.all(started.map((plugin) => plugin.close()));
    },
  };
}
