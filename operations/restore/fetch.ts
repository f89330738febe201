import * as z from "zod";
import { UserError } from "../../user-error.ts";
import { runScript } from "../backups/machine.ts";
import { filesSchema, runSchema } from "../backups/schema.ts";
import type { Progress } from "../progress.ts";
import type { PlatformReading } from "../stack-reader.ts";
import { type Moment, argumentOf } from "./moment.ts";

/** What odoo-restore.sh answers: a copy of the data on the volume, whole and tried. */
const fetchedSchema = runSchema.extend({
  /** Id of the copy; missing where it came to none. */
  copy: z.string().optional(),
  /** The moment that it is of. */
  madeAt: z.string().optional(),
  /** When the last of what is in it was written. */
  lastWrite: z.string().nullish(),
  /** Reference of the release that goes with it. */
  image: z.string().optional(),
  point: z.string().nullish(),
  /** pgBackRest's set that it came from, and the timeline that it followed. */
  set: z.string().optional(),
  timeline: z.number().optional(),
  filestore: filesSchema.optional(),
  /** Whether what is live was the base, so that only what differs was brought. */
  delta: z.boolean().optional(),
  seconds: z.number().optional(),
});

type Answer = z.output<typeof fetchedSchema>;

export interface Fetched extends Answer {
  copy: string;
  madeAt: string;
  image: string;
  seconds: number;
}

export interface FetchOptions {
  moment: Moment;
  /** References of releases, the likeliest first. */
  images: readonly string[];
  /** Also where files are missing that no backup has. */
  incomplete: boolean;
  signal: AbortSignal;
  progress: Progress;
}

/**
 * Has the machine make a copy of the data as they were. What is live is not touched.
 * @throws {UserError} failed, in the machine's words
 */
export async function fetchCopy(
  reading: PlatformReading,
  { moment, images, incomplete, signal, progress }: FetchOptions,
): Promise<Fetched> {
  const { stack } = reading;
  const to = argumentOf(moment);
  const answer = await runScript(
    reading,
    ["odoo-restore.sh", to, ...(incomplete ? ["--incomplete"] : []), ...images],
    {
      signal,
      progress,
      title: `Bringing the data of ${to} out of the bucket`,
      schema: fetchedSchema,
      input: reading.secrets.get("registryCredentials") ?? "",
    },
  );
  const { copy, madeAt, image, seconds } = answer;
  if (answer.ok && copy !== undefined && madeAt !== undefined && image !== undefined && seconds !== undefined)
    return { ...answer, copy, madeAt, image, seconds };
  throw new UserError(
    "failed",
    `${stack}: cannot be restored: ${answer.reason ?? "the machine does not say why"}`,
    {
      hint: "What is live was not touched.",
      next: `platform backup list --stack ${stack}`,
    },
  );
}
