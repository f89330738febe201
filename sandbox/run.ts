import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Where a running sandbox is reached. Kept in `run.json` of its folder, readable by its owner alone. */
export interface Run {
  pid: number;
  /** ISO 8601. */
  startedAt: string;
  /** The folder of its state. */
  dir: string;
  ports: Ports;
  credentials: Credentials;
  /** The official provider plugins are used, so none are attached. */
  officialPlugins: boolean;
  /** Droplets are machines that run; else they are rows, and nothing is run on them. */
  machines: boolean;
}

export interface Ports {
  digitalocean: number;
  github: number;
  spaces: number;
  control: number;
  plugins: { digitalocean: number; github: number; command: number };
  /** Of Slack, Mattermost, PagerDuty and the module in Odoo; none in a sandbox that was started before it had them. */
  receivers?: number;
}

/** Made at random for each sandbox. Good for nothing outside it, and still never printed but by `sandbox env`. */
export interface Credentials {
  digitaloceanToken: string;
  githubToken: string;
  spacesAccessKeyId: string;
  spacesSecretAccessKey: string;
  /** Of the user "sandbox" at the registry. */
  registryPassword: string;
  /** Opens the receivers of messages. */
  receiversToken: string;
}

/** Any name will do, as long as the official plugin does not take it for this machine and passes the proxy by. */
const spacesHost = "spaces.sandbox.test";

/** The sandbox that runs in this folder, or undefined. */
export function readRun(dir: string): Run | undefined {
  let run: Run;
  try {
    run = JSON.parse(readFileSync(join(dir, "run.json"), "utf8")) as Run;
  } catch {
    return undefined;
  }
  return isAlive(run.pid) ? run : undefined;
}

/** What Pulumi, the plugins, doctl and gh must have in their environment to live in this sandbox. */
export function runEnvironment({ dir, ports, credentials, officialPlugins }: Run): Record<string, string> {
  const { plugins } = ports;
  return {
    // Without the sidecar files that Pulumi's library would write: they alone are not written whole or not at all, and
    // after a kill in that moment the stack cannot be opened any more ("failed to load checkpoint: EOF").
    PULUMI_BACKEND_URL: `file://${join(dir, "state")}?metadata=skip`,
    PULUMI_CONFIG_PASSPHRASE_FILE: join(dir, "passphrase"),
    DIGITALOCEAN_API_URL: `http://127.0.0.1:${ports.digitalocean}`,
    DIGITALOCEAN_TOKEN: credentials.digitaloceanToken,
    DIGITALOCEAN_ACCESS_TOKEN: credentials.digitaloceanToken,
    GITHUB_BASE_URL: `http://127.0.0.1:${ports.github}/`,
    GITHUB_TOKEN: credentials.githubToken,
    PLATFORM_REGISTRIES: `ghcr.io=http://127.0.0.1:${ports.github}`,
    SPACES_ACCESS_KEY_ID: credentials.spacesAccessKeyId,
    SPACES_SECRET_ACCESS_KEY: credentials.spacesSecretAccessKey,
    // The authorities of this world, beside those that Node knows.
    PLATFORM_CA_FILE: authoritiesFile(dir),
    ...receiversOf(ports),
    ...(officialPlugins
      ? {
          // Buckets are host names to the official plugin, which no resolver knows: it asks a proxy instead.
          SPACES_ENDPOINT_URL: `http://{{.Region}}.${spacesHost}`,
          HTTP_PROXY: `http://127.0.0.1:${ports.spaces}`,
          // It waits a second between two writes, which GitHub asks for and the sandbox does not need.
          GITHUB_LEGACY_CLIENT: "false",
        }
      : {
          SPACES_ENDPOINT_URL: `http://127.0.0.1:${ports.spaces}`,
          // Else the engine looks for the official plugins on the internet before each run.
          PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
          PULUMI_DEBUG_PROVIDERS: `digitalocean:${plugins.digitalocean},github:${plugins.github},command:${plugins.command}`,
        }),
  };
}

// The module that answers is not part of Odoo itself yet.
const receiversOf = ({ receivers }: Ports): Record<string, string> =>
  receivers === undefined
    ? {}
    : {
        PAGERDUTY_EVENTS_URL: `http://127.0.0.1:${receivers}/pagerduty`,
        ODOO_CALLBACK_URL: `http://127.0.0.1:${receivers}/odoo`,
      };

/** PEM of the authorities that a world has had: its own, and its ACME servers'. */
export const authoritiesFile = (dir: string): string => join(dir, "ca.pem");

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
