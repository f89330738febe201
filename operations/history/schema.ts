import * as z from "zod";

const sha = z.string().regex(/^[0-9a-f]{7,40}$/);

/** One row of `platform history --json`, whose page is docs/releases.md. */
export const updateSchema = z.strictObject({
  /** Counted from 1 since the stack was made; Pulumi Cloud's own number there. */
  number: z.int().positive(),
  /** update, refresh, destroy, import, as Pulumi names them. */
  kind: z.string(),
  /** succeeded, failed, in-progress. */
  result: z.string(),
  startedAt: z.iso.datetime(),
  /** 0 while it is not known. */
  seconds: z.number(),
  /** The verb that made it; null for plain `pulumi`. */
  verb: z.string().nullable(),
  /** Who ran the verb, else the author of the commit. */
  by: z.string(),
  message: z.string(),
  /** Resources that it changed. */
  changes: z.int(),
  /** The commit of the program. */
  gitSha: sha.nullable(),
  /** What it was to run; null for what changes no release, or where nobody knows. */
  release: z
    .strictObject({
      registry: z.string(),
      repository: z.string(),
      tag: z.string(),
      digest: z.string().exactOptional(),
      /** The commit that the image was built from. */
      gitSha: z.string().exactOptional(),
      /** The copy that database and files were brought back from. */
      data: z.string().exactOptional(),
    })
    .nullable(),
  /** Modules that it updated in the database; null where that was not asked before. */
  modules: z.array(z.string()).nullable(),
  /** Whether a later update has left it by itself, because it was not healthy. */
  unhealthy: z.boolean(),
  /** Number of the update that it went back to. */
  to: z.int().positive().nullable(),
  /** Why policies were passed over. */
  override: z.string().nullable(),
});

export const historySchema = z.strictObject({ updates: z.array(updateSchema) });

export type Update = z.output<typeof updateSchema>;
