import * as z from "zod";

const time = z.iso.datetime();
const bytes = z.number().nonnegative();

/** Files of attachments that were compared by their sha1, as host/backups/wanted.py tells them. */
export const filesSchema = z.object({
  /** Rows that name a file, files, and their size. */
  attachments: z.number(),
  files: z.number(),
  bytes,
  /** Rows without their file, and files whose sha1 is another. */
  missing: z.number(),
  wrong: z.number(),
});

/** What a stack can be restored to, and how far that is known to be so. */
export const pointSchema = z.object({
  /** "20261126-020000", in UTC: what `restore --to` takes. */
  id: z.string(),
  /** The moment that it brings back. */
  at: time,
  /** `full` stands by itself; `incr` needs those before it, which are kept as long as it is. */
  kind: z.enum(["full", "incr"]),
  database: z.object({
    label: z.string(),
    /** Restored, and what it has added to the bucket. */
    bytes: bytes.nullable(),
    storedBytes: bytes.nullable(),
  }),
  filestore: z.object({
    snapshot: z.string(),
    files: z.number().nullable(),
    bytes: bytes.nullable(),
    storedBytes: bytes.nullable(),
  }),
  /** How long it took to make. */
  seconds: z.number(),
  /** When every byte of it was last read back out of the bucket, and by what. */
  verified: z.object({ at: time, by: z.enum(["backup", "verify"]) }).nullable(),
  /** When it was last restored and served, and how long that took. */
  proven: z.object({ at: time, by: z.literal("drill"), seconds: z.number() }).nullable(),
});

/** How a run on the machine ended; kept there for each kind. */
const run = {
  startedAt: time,
  endedAt: time,
  ok: z.boolean(),
  /** What went wrong, with the way out; null when nothing did. */
  reason: z.string().nullable(),
  /** When a run of this kind last was good. */
  lastOkAt: time.nullable(),
};

export const runSchema = z.object({
  operation: z.string(),
  ...run,
  /** Of what ships: whether so much of the database's log waited that some of it was given up, to keep Postgres up. */
  archive: z.object({ dropped: z.boolean() }).optional(),
});

/** The answer of `platform backup now --json`, whose page is docs/backup-verbs.md. */
export const nowSchema = z.object({
  operation: z.literal("now"),
  ...run,
  /** The new restore point; null where none was made. */
  point: pointSchema.nullable(),
});

/** The answer of `platform backup list --json`. */
export const listSchema = z.object({
  /** Newest first. */
  points: z.array(pointSchema),
  /** Points that were found damaged, or not whole: none of them counts, and none is restored. */
  bad: z.array(z.object({ id: z.string(), at: time.nullable(), reason: z.string() })),
  /** Between these any second can be restored; null where no log of changes is kept. */
  span: z.object({ from: time, to: time }).nullable(),
  /** What is in the bucket. */
  stored: z.object({ database: bytes.nullable(), filestore: bytes.nullable() }).nullable(),
  checkedAt: time,
});

/** The answer of `platform backup verify --json`. */
export const verifySchema = z.object({
  operation: z.literal("verify"),
  ...run,
  /** "3/5" of what is kept; null for all of it. */
  part: z.string().nullable(),
  /** What was read back and compared with its checksums. */
  database: z.object({ bytes }),
  filestore: z.object({ packs: z.number(), bytes }),
  /** Restore points that are wholly verified by it. */
  points: z.array(z.string()),
});

const drillSteps = [
  "room",
  "fetch",
  "database",
  "rows",
  "files",
  "modules",
  "odoo",
  "login",
  "teardown",
] as const;

/** The answer of `platform backup drill --json`. */
export const drillSchema = z.object({
  operation: z.literal("drill"),
  ...run,
  /** Which restore point, and the moment that was brought back; null where it came to none. */
  point: z.string().nullable(),
  to: time.nullable(),
  /** In their order, up to the first that failed, and whether all was torn down again. */
  checks: z.array(
    z.object({ name: z.enum(drillSteps), ok: z.boolean(), detail: z.string(), seconds: z.number() }),
  ),
  /** What was restored; null where it did not come so far. */
  database: z
    .object({
      bytes,
      tables: z.number(),
      rows: z.number(),
      /** The largest, by rows. */
      top: z.array(z.object({ table: z.string(), rows: z.number() })),
    })
    .nullable(),
  filestore: filesSchema.nullable(),
  modules: z.object({ installed: z.number(), unfinished: z.number() }).nullable(),
  seconds: z.object({
    /** Until database and files were back. */
    restore: z.number(),
    /** Until somebody could have logged in. */
    serving: z.number(),
    total: z.number(),
  }),
});

export type Point = z.output<typeof pointSchema>;
export type BackupRun = z.output<typeof runSchema>;
export type Now = z.output<typeof nowSchema>;
export type List = z.output<typeof listSchema>;
export type Verify = z.output<typeof verifySchema>;
export type Drill = z.output<typeof drillSchema>;
