/**
 * Descriptions of what a resource may be given, after the official plugins' own schemas: enough to refuse what they
 * refuse, to fill in what they fill in, and to say of a difference what they say of it.
 */
export type Shape = Record<string, Property>;

export type Kind = "string" | "number" | "boolean" | "object" | "list" | "map" | "any";

export interface Property extends Flags {
  readonly kind: Kind;
  /** The properties of an object. */
  readonly fields?: Shape;
  /** What a list's or a map's items look like. */
  readonly items?: Property;
}

export interface Flags {
  /** Left out, the resource is refused. */
  readonly required?: boolean;
  /** Changing it replaces the resource. */
  readonly replaces?: boolean | ((old: unknown, now: unknown) => boolean);
  /** The vendor fills it in: leaving it out is not a difference. */
  readonly computed?: boolean;
  /** Filled in when left out. */
  readonly default?: unknown;
  /** Filled in with the resource's name and seven random hex digits, at most so many characters. */
  readonly autoName?: number;
  /** A list whose order means nothing. */
  readonly unordered?: boolean;
  /** The vendor never tells it: the state keeps what was asked for. */
  readonly writeOnly?: boolean;
  /** Kept in the state as its SHA-1 only. */
  readonly hashed?: boolean;
  /** Marked secret although the program does not do so. */
  readonly secret?: boolean;
  /** The only values accepted. */
  readonly oneOf?: readonly string[];
  /** Least and greatest number accepted; of a string, its length. */
  readonly min?: number;
  readonly max?: number;
  /** The vendor's name for it, where that is not the same in snake_case. */
  readonly api?: string;
  /** Not sent with the rest: the resource has another way for it. */
  readonly apart?: boolean;
  /** A list of one, which the vendor holds without the list. */
  readonly single?: boolean;
  /** Whether two different values mean the same. */
  readonly same?: (old: unknown, now: unknown) => boolean;
}

export const text = (flags: Flags = {}): Property => ({ kind: "string", ...flags });
export const number = (flags: Flags = {}): Property => ({ kind: "number", ...flags });
export const bool = (flags: Flags = {}): Property => ({ kind: "boolean", ...flags });
export const list = (items: Property, flags: Flags = {}): Property => ({ kind: "list", items, ...flags });
export const set = (items: Property, flags: Flags = {}): Property =>
  list(items, { unordered: true, ...flags });
export const object = (fields: Shape, flags: Flags = {}): Property => ({ kind: "object", fields, ...flags });
export const map = (flags: Flags = {}): Property => ({ kind: "map", ...flags });
export const any = (flags: Flags = {}): Property => ({ kind: "any", ...flags });

/** A `name` that Pulumi makes up when the program has none. */
export const name = (flags: Flags = {}): Property => text({ autoName: 255, ...flags });

/** The same in upper and lower case. */
export const ignoringCase = (old: unknown, now: unknown): boolean =>
  String(old).toLowerCase() === String(now).toLowerCase();

export const ignoringOuterSpace = (old: unknown, now: unknown): boolean =>
  String(old).trim() === String(now).trim();
