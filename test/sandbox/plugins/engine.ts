import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { LocalWorkspace, type OpMap, type PulumiFn, type Stack } from "@pulumi/pulumi/automation/index.js";

import { startPlugins, type PluginOptions, type RunningPlugins } from "../../../sandbox/plugins/index.ts";

/** A stack of the real engine with the stand-in plugins attached; `close` leaves nothing behind. */
export interface TestStack {
  readonly stack: Stack;
  /** Runs `up` with this program and returns how many resources had which operation. */
  up(program: PulumiFn): Promise<OpMap>;
  /** What a preview would do. */
  preview(program: PulumiFn): Promise<OpMap>;
  refresh(): Promise<OpMap>;
  destroy(): Promise<void>;
  /** The outputs that the state holds of the resource of this name in the program. */
  state(name: string): Promise<Record<string, unknown>>;
  /** The state file as it is on the disk. */
  file(): Promise<string>;
  close(): Promise<void>;
}

/** @param options what the plugins are started with; they look often, so that tests are quick */
export async function testStack(options: PluginOptions): Promise<TestStack> {
  const directory = await mkdtemp(join(tmpdir(), "plugins-"));
  const plugins = await startPlugins({ pace: { first: 5, most: 40 }, ...options });
  const close = async (): Promise<void> => {
    await plugins.close();
    await rm(directory, { recursive: true });
  };
  const stack = await LocalWorkspace.createStack(
    { stackName: "test", projectName: "plugins", program: () => Promise.resolve() },
    {
      workDir: directory,
      envVars: {
        PULUMI_BACKEND_URL: `file://${directory}`,
        PULUMI_CONFIG_PASSPHRASE: "only for this test",
        PULUMI_DEBUG_PROVIDERS: attachment(plugins),
        PULUMI_SKIP_UPDATE_CHECK: "true",
        // Else the engine looks for the plugins of the state on the internet first, though others are attached.
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      },
    },
  ).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  return {
    stack,
    up: async (program) => (await connected(() => stack.up({ program }))).summary.resourceChanges ?? {},
    preview: async (program) => (await stack.preview({ program })).changeSummary,
    refresh: async () => (await stack.refresh()).summary.resourceChanges ?? {},
    destroy: async () => void (await stack.destroy()),
    state: async (name) => {
      const { resources = [] } = (await stack.exportStack()).deployment as Deployment;
      const found = resources.find(({ urn }) => urn.endsWith(`::${name}`));
      if (!found) throw new Error(`${name} is not in the state`);
      return { id: found.id, ...found.outputs };
    },
    file: () => readFile(join(directory, ".pulumi/stacks/plugins/test.json"), "utf8"),
    close,
  };
}

/**
 * Once more where the program and the engine did not find each other, before anything was done: on a starved computer gRPC gives
 * up a connection to the process beside it.
 */
const connected = async <T>(run: () => Promise<T>): Promise<T> =>
  await run().catch(async (error: unknown) => {
    if (!String(error).includes("14 UNAVAILABLE: No connection established")) throw error;
    return await run();
  });

const attachment = ({ digitalocean, github, command }: RunningPlugins): string =>
  `digitalocean:${digitalocean},github:${github},command:${command}`;

interface Deployment {
  readonly resources?: { urn: string; id?: string; outputs?: Record<string, unknown> }[];
}
