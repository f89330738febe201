import { short } from "./card.ts";
import { digitalOceanFinders } from "./orphans/digitalocean.ts";
import { gitHubFinders } from "./orphans/github.ts";
import type { StateResource } from "./state.ts";

/** What a search for orphans must know. */
export interface Search {
  /** Ids that the state already holds. */
  known: ReadonlySet<string | undefined>;
  /** When the killed update last wrote its state. */
  lastWrite: Date;
  /** Where the platform answers. */
  domain: string;
  /** Owner of its repositories. */
  owner: string;
  signal: AbortSignal;
}

/** A resource's inputs, or a row of what a vendor answers. */
export type Row = Record<string, unknown>;

/** The id to import it by, or undefined when it was not made. It may also take away what is of no use any more. */
export type Finder = (inputs: Row, search: Search) => Promise<string | undefined> | string;

/**
 * The id by which a resource whose creation was interrupted can be imported, or undefined when it was not made.
 *
 * Where the id follows from the inputs nobody is asked: the refresh after the import finds out whether it is there. What
 * has no finder can be made again without harm: a secret, an attachment, a firewall of a database.
 *
 * @throws {UserError} when a vendor does not answer
 */
export async function findOrphan(
  { type, inputs = {} }: StateResource,
  search: Search,
): Promise<string | undefined> {
  const finders = type.startsWith("github:") ? gitHubFinders : digitalOceanFinders;
  return await finders[short(type)]?.(inputs, search);
}
