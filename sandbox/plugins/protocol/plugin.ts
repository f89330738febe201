import type { Shape } from "./schema.ts";
import type { Properties } from "./values.ts";

/** One request of the engine, from its arrival to its answer. */
export interface Call {
  readonly urn: string;
  /** Aborted when the engine cancels, dies or has waited for as long as `customTimeouts` allow. */
  readonly signal: AbortSignal;
  /** Shows a line beside the resource while it is worked on. */
  readonly status: (message: string) => void;
  /** Shows a warning that stays. */
  readonly warn: (message: string) => void;
}

/**
 * One resource type. `Client` is what reaches the vendor, bound to the call in progress.
 * Every function throws what the vendor refused, in the vendor's words.
 */
export interface Resource<Client> {
  readonly inputs: Shape;
  /** What the vendor adds and no program can set. */
  readonly outputs?: readonly string[];
  /** Outputs that a program must not see in plain text. */
  readonly secretOutputs?: readonly string[];
  /** Outputs that any change of an input makes unknown in a preview. */
  readonly volatileOutputs?: readonly string[];
  /** What the official plugin refuses beyond single properties. Unknown values arrive as unknown. */
  readonly validate?: (inputs: Properties) => Failure[];
  /** Why this change cannot be made, said in the preview already. */
  readonly refuses?: (state: Properties, inputs: Properties) => string | undefined;
  /** Makes it. What only this answer holds goes into `state`; the rest is read afterwards. */
  readonly create: (client: Client, inputs: Properties) => Promise<Created>;
  /** Waits until it is usable. Failing here leaves it in the state, marked as not ready. */
  readonly settle?: (client: Client, id: string, inputs: Properties) => Promise<void>;
  /** What is there now; undefined when it is gone. `state` is empty for an import. */
  readonly read: (client: Client, id: string, state: Properties) => Promise<Properties | undefined>;
  /** Changes it. Like a create it may return what nothing tells later. */
  readonly update?: (client: Client, change: Change) => Promise<Properties | void>;
  readonly delete: (client: Client, id: string, state: Properties) => Promise<void>;
  /** Splits the id that `pulumi import` was given into the id of the state and what reading needs beside it. */
  readonly importId?: (id: string) => Created;
}

export interface Created {
  readonly id: string;
  readonly state?: Properties;
}

export interface Change {
  readonly id: string;
  readonly state: Properties;
  readonly inputs: Properties;
  /** Names of the inputs that differ from the state. */
  readonly changed: ReadonlySet<string>;
}

export interface Failure {
  readonly property: string;
  readonly reason: string;
}

/** A plugin as the engine sees it: a package's resource types and functions. */
export interface Plugin<Client> {
  readonly version: string;
  /**
   * Opens the vendor for one provider of one engine. `settings` is that provider's configuration, which goes before
   * the environment; the function that comes back binds a client to each call.
   */
  readonly connect: (settings: Record<string, string>) => (call: Call) => Client;
  /** By type token (`digitalocean:index/droplet:Droplet`). */
  readonly resources: Readonly<Record<string, Resource<Client>>>;
  /** By function token (`digitalocean:index/getDomain:getDomain`). */
  readonly functions?: Readonly<Record<string, (client: Client, args: Properties) => Promise<Properties>>>;
}
