import { readFileSync, readdirSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { isAlive } from "./alive.ts";
import { checkCredentials } from "./credentials.ts";
import { nameOf } from "./engine-events.ts";
import { type Search, findOrphan } from "./orphans.ts";
import { projectName, readSettings } from "./project.ts";
import type { PlatformStack } from "./stack.ts";
import { stateFolder } from "./state-folder.ts";
import { type Deployment, type StateResource, inOrder } from "./state.ts";
import type { Context } from "./verb.ts";

/** A stack in order. */
export interface Recovered {
  opened: PlatformStack;
  /** Its state, secrets encrypted. */
  state: Deployment;
  /**
   * Commands that were interrupted on a machine, by URN: what they have done there nobody knows, so they are to run again
   * although the state may say that nothing has changed.
   */
  unsure: string[];
}

/**
 * Finishes what a killed update left: breaks the engine's lock when its owner is dead, and takes what was made at the
 * vendor but not yet written down into the state, so that the next update goes on instead of making it twice.
 *
 * An update that is killed leaves its lock and "pending operations" behind
 * (https://github.com/pulumi/pulumi/issues/4265). The engine alone goes on as if the interrupted creations had never
 * begun, and as if the interrupted deletions were still to come.
 */
export async function recover(context: Context): Promise<Recovered> {
  const { stack, progress } = context;
  const { PlatformStack } = await import("./stack.ts");
  const opened = await PlatformStack.open(stack, { create: true });
  if (deadLock(stack))
    await progress.step("Breaking the lock of an update that was killed", () => opened.unlock());
  const exported = await opened.exportState();
  const { resources = [], pending_operations: pending = [] } = exported.deployment;
  const unsure = pending.filter(isCommand).map(({ resource }) => resource.urn);
  const count = pending.length + resources.filter(isUnread).length;
  if (count === 0) return { opened, state: exported, unsure };
  // A token that sees nothing is told 404, which a refresh takes for deleted.
  await checkCredentials(readSettings(stack).repositories);
  const title = `Finishing ${count} operation${count === 1 ? "" : "s"} of an update that was killed`;
  await progress.step(title, (tell) => finish({ opened, state: exported, unsure }, context, tell));
  return { opened, state: await opened.exportState(), unsure };
}

const isCommand = ({ type, resource }: { type: string; resource: StateResource }): boolean =>
  type === "updating" && resource.type === "command:remote:Command";

async function finish(
  { opened, state: exported, unsure }: Recovered,
  context: Context,
  tell: (text: string) => void,
): Promise<void> {
  const { resources = [], pending_operations: pending = [] } = exported.deployment;
  const known = resources.map((one) => (unsure.includes(one.urn) ? doubted(one) : one));
  const state = [...known, ...(await findOrphans(exported, context, tell))];
  await opened.importState(withResources(exported, state));
  const urns = new Set(pending.map(({ resource }) => resource.urn));
  const unread = state.filter(isUnread);
  const only = state.filter((one) => urns.has(one.urn) || unread.includes(one)).map(({ urn }) => urn);
  if (only.length === 0) return;
  await opened.refresh({ signal: context.signal, tell, only });
  if (unread.length > 0) await restoreAsked(opened, unread);
}

/** Whatever update comes next runs the command again: this one may end before its own does. */
const doubted = (command: StateResource): StateResource => ({
  ...command,
  inputs: { ...command.inputs, stdin: "" },
  outputs: { ...command.outputs, stdin: "" },
});

/** Taken into the state, but not read from the vendor yet: here, or by a recovery that was itself ended too early. */
const isUnread = ({ id, type, outputs = {} }: StateResource): boolean =>
  id !== undefined && !type.startsWith("pulumi:") && Object.keys(outputs).length === 0;

async function findOrphans(
  { deployment: { manifest, resources = [], pending_operations: pending = [] } }: Deployment,
  { stack, progress, signal }: Context,
  tell: (text: string) => void,
): Promise<StateResource[]> {
  const { platform, repositories } = readSettings(stack);
  const search: Search = {
    known: new Set(resources.map(({ id }) => id)),
    lastWrite: new Date(manifest.time),
    domain: platform.domain,
    owner: repositories[0]?.owner ?? "",
    signal,
  };
  const found: StateResource[] = [];
  for (const { resource } of pending.filter(({ type }) => type === "creating")) {
    tell(nameOf(resource.urn));
    const id = await findOrphan(resource, search);
    if (id === undefined) continue;
    // Made anew beside an older one, so the state cannot hold both. Which one is in use is for a person to say.
    if (resources.some(({ urn }) => urn === resource.urn))
      progress.note(`${nameOf(resource.urn)}: there is another one, ${id}, that no stack knows; look at it`);
    else found.push({ ...resource, id, outputs: {} });
  }
  return found;
}

// What was asked for is not all read back: an image, a key, user data. Without it, ignoring its changes takes it away.
async function restoreAsked(opened: PlatformStack, unread: StateResource[]): Promise<void> {
  const exported = await opened.exportState();
  const asked = new Map(unread.map(({ urn, inputs = {} }) => [urn, inputs]));
  const state = (exported.deployment.resources ?? []).map((resource) => {
    const inputs = asked.get(resource.urn);
    if (!inputs) return resource;
    const { __defaults: _, ...values } = inputs;
    return { ...resource, inputs, outputs: { ...values, ...resource.outputs } };
  });
  await opened.importState(withResources(exported, state));
}

const withResources = ({ version, deployment }: Deployment, resources: StateResource[]): Deployment => ({
  version,
  deployment: { ...deployment, resources: inOrder(resources), pending_operations: [] },
});

/** Whether the file backend's lock on this stack belongs to a process of this machine that is no more. */
function deadLock(stack: string): boolean {
  const state = stateFolder();
  if (state === undefined) return false;
  const folder = join(state, ".pulumi", "locks", "organization", projectName(), stack);
  return files(folder).some((file) => {
    const lock = JSON.parse(readFileSync(join(folder, file), "utf8")) as { pid: number; hostname: string };
    return lock.hostname === hostname() && !isAlive(lock.pid);
  });
}

function files(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
