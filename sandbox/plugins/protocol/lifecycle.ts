import { differences, topLevel } from "./diff.ts";
import { ignoring } from "./ignore.ts";
import type { Resource } from "./plugin.ts";
import { asked, foreseen, foreseenChange, guarded, readInputs } from "./state.ts";
import type { Properties } from "./values.ts";

/** The resource exists, but is not what was asked for. The engine keeps it and shows the reason. */
export class NotReady extends Error {
  override readonly name = "NotReady";
  readonly id: string;
  readonly state: Properties;

  constructor(id: string, state: Properties, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.id = id;
    this.state = state;
  }
}

export interface Existing {
  readonly id: string;
  readonly state: Properties;
}

export async function create<C>(
  resource: Resource<C>,
  client: C,
  inputs: Properties,
  preview: boolean,
): Promise<Existing> {
  if (preview) return { id: "", state: foreseen(resource, inputs) };
  const created = await resource.create(client, inputs);
  const state = { ...asked(resource, inputs), ...created.state };
  try {
    await resource.settle?.(client, created.id, inputs);
    return { id: created.id, state: await stateOf(resource, client, created.id, state) };
  } catch (error) {
    throw new NotReady(created.id, guarded(resource, state), error);
  }
}

export interface ChangeRequest {
  readonly id: string;
  readonly state: Properties;
  readonly inputs: Properties;
  readonly ignoreChanges: readonly string[];
  readonly preview: boolean;
}

/** With nothing to change it only reads: that is what the official plugins do with a resource that is not ready. */
export async function update<C>(
  resource: Resource<C>,
  client: C,
  request: ChangeRequest,
): Promise<Properties> {
  const inputs = ignoring(request.ignoreChanges, request.state, request.inputs);
  const state = asked(resource, inputs, request.state);
  if (request.preview) return foreseenChange(resource, inputs, request.state);
  const found = differences(resource.inputs, request.state, inputs);
  const changed = new Set(found.map(({ path }) => topLevel(path)));
  if (changed.size === 0) return await stateOf(resource, client, request.id, state);
  if (!resource.update) throw new Error("this resource cannot be changed in place");
  const told = await resource.update(client, { id: request.id, state: request.state, inputs, changed });
  return await stateOf(resource, client, request.id, { ...state, ...told });
}

/** @returns undefined when it is gone */
export async function read<C>(
  resource: Resource<C>,
  client: C,
  existing: Existing,
  inputs: Properties,
): Promise<(Existing & { inputs: Properties }) | undefined> {
  const importing = Object.keys(existing.state).length === 0;
  const { id, state = {} } = importing && resource.importId ? resource.importId(existing.id) : existing;
  const found = await resource.read(client, id, state);
  if (!found) return undefined;
  const now = { ...state, ...found };
  return { id, state: now, inputs: readInputs(resource.inputs, inputs, now) };
}

async function stateOf<C>(
  resource: Resource<C>,
  client: C,
  id: string,
  state: Properties,
): Promise<Properties> {
  const found = await resource.read(client, id, state);
  if (!found)
    throw new Error(
      "it was deleted while being worked on, outside of Pulumi; `pulumi refresh` takes it out of the state",
    );
  return { ...state, ...found };
}
