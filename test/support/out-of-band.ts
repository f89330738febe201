import type { StateResource } from "../../operations/state.ts";
import type { World } from "./world.ts";

export type Row = Record<string, unknown>;

/** One change that somebody makes at a vendor, past the program. */
export interface OutOfBand {
  /** Type's last word: the kind of resource that it is about. */
  type: string;
  what: string;
  change: (world: World, resource: StateResource, all: readonly StateResource[]) => Promise<void>;
  /** The property that tells of it, or "gone". */
  seenAs: string;
}

async function call(
  world: World,
  vendor: "digitalocean" | "github",
  method: string,
  path: string,
  body?: object,
): Promise<Row> {
  const response = await world.vendor(vendor, method, path, body);
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return text === "" ? {} : (JSON.parse(text) as Row);
}

export const ocean = (world: World, method: string, path: string, body?: object): Promise<Row> =>
  call(world, "digitalocean", method, path, body);
export const hub = (world: World, method: string, path: string, body?: object): Promise<Row> =>
  call(world, "github", method, path, body);

export const textOf = (resource: StateResource, name: string): string => String(resource.outputs?.[name]);
/** What stands behind the last colon of an id. */
export const lastOf = ({ id = "" }: StateResource): string => id.slice(id.lastIndexOf(":") + 1);

/** Until the droplet has no action under way. */
export async function settled(world: World, droplet: string): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const { actions } = (await ocean(world, "GET", `/droplets/${droplet}/actions`)) as { actions: Row[] };
    if (actions.every(({ status }) => status === "completed")) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`droplet ${droplet}: its actions do not end`);
}
