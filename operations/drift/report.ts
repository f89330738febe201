import * as z from "zod";

/** One thing that is not as it was declared: a row of the answer of `platform drift --json`, whose page is docs/drift.md. */
export const differenceSchema = z.strictObject({
  /** At DigitalOcean or GitHub, or inside of the machine. */
  where: z.enum(["vendor", "machine"]),
  /** A resource's type ("Droplet"), or what the probe calls it ("file"). */
  kind: z.string(),
  /** Which one: a resource's name in the stack, a path, a user. */
  name: z.string(),
  what: z.enum(["changed", "missing", "extra"]),
  /** Of a resource: which of its properties; null where it is the whole. */
  property: z.string().nullable(),
  /** What should be; of a list, what is missing of it. Null where nothing should. Never a secret. */
  expected: z.string().nullable(),
  /** What is; of a list, what there is beside it. */
  found: z.string().nullable(),
  /** ISO 8601: since when, where vendor or machine tell. */
  since: z.iso.datetime().nullable(),
  /** How it comes right again, in a sentence. */
  mend: z.string(),
  /** Whether `platform drift --fix` does that. */
  fixable: z.boolean(),
});

export const noiseSchema = z.strictObject({
  type: z.string(),
  property: z.string(),
  /** How many differences it has covered. */
  count: z.int(),
  why: z.string(),
  issue: z.url(),
});

export const driftSchema = z.strictObject({
  drifted: z.boolean(),
  checkedAt: z.iso.datetime(),
  seconds: z.number(),
  vendors: z.strictObject({
    /** Resources that were asked for. */
    resources: z.int(),
    /** Differences that the providers make by themselves, and that do not count. */
    noise: z.array(noiseSchema),
  }),
  machine: z.strictObject({
    /** `unreachable` is never "clean". `none`: the app has no machine. `row`: a sandbox without machines. */
    state: z.enum(["compared", "unreachable", "none", "row"]),
    /** Why it could not be looked into. */
    reason: z.string().nullable(),
    /** When the inventory was taken that it is compared with. */
    inventoryAt: z.iso.datetime().nullable(),
    /** Facts that were compared. */
    facts: z.int(),
  }),
  differences: z.array(differenceSchema),
});

export type Difference = z.output<typeof differenceSchema>;
export type Noise = z.output<typeof noiseSchema>;
export type Drift = z.output<typeof driftSchema>;
