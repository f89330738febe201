import { askPulumi } from "../stack-reader.ts";
import { projectName } from "../project.ts";
import { type Entry, type RawUpdate, entriesOf } from "./entries.ts";

/** Rows that one call asks for. Self-managed backends read a file for each. */
const pageSize = 100;

/**
 * A stack's whole history, newest first, by the CLI: the one way that is the same on the local, S3 and Pulumi Cloud
 * backends. Secrets are not asked for.
 *
 * @throws {UserError} noSuchStack, notAuthenticated
 */
export async function readHistory(stack: string, signal: AbortSignal): Promise<Entry[]> {
  const all: RawUpdate[] = [];
  for (let page = 1; ; page += 1) {
    const args = ["stack", "history", "--page-size", String(pageSize), "--page", String(page)];
    const rows = await askPulumi<RawUpdate[]>(stack, args, signal);
    all.push(...rows);
    if (rows.length < pageSize) return entriesOf(all, projectName());
  }
}
