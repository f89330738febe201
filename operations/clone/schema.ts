import * as z from "zod";
import { runSchema } from "../backups/schema.ts";

/** One thing that was looked at, in order, up to the first that was not well. */
const check = z.object({ name: z.string(), ok: z.boolean(), detail: z.string(), seconds: z.number() });

/** A credential in the copy: where and of what kind, never what it says. */
const finding = z.object({ table: z.string(), column: z.string(), row: z.string(), kind: z.string() });

const scan = z.object({
  clean: z.boolean(),
  count: z.number(),
  kinds: z.record(z.string(), z.number()),
  /** The first of them. */
  findings: z.array(finding),
  scanned: z.object({
    tables: z.number(),
    columns: z.number(),
    rows: z.number(),
    bytes: z.number(),
    files: z.number(),
    /** Attachments too large to be looked through. */
    unread: z.number(),
    seconds: z.number(),
  }),
});

const done = z.array(z.object({ what: z.string(), rows: z.coerce.number() }));

/** What odoo-clone.sh answers; of a copy that is proven it is the proof, which stays with the data. */
export const provenSchema = runSchema.extend({
  state: z.enum(["proven", "unproven"]).optional(),
  /** Of the copy on the target's volume. */
  id: z.string().optional(),
  /** The moment that it is of; empty for the end of the log. */
  at: z.string().optional(),
  image: z.string().optional(),
  checks: z.array(check).default([]),
  /** What the scan found, and what was taken out of texts and attachments before it. */
  found: scan.nullish(),
  removed: scan.nullish(),
  neutralised: done.default([]),
  masked: done.default([]),
  seconds: z.number().optional(),
});

export type Proven = z.output<typeof provenSchema>;
export type Scan = z.output<typeof scan>;
