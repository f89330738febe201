import { ListObjectsV2Command } from "@aws-sdk/client-s3";
import { spaces } from "../../test/support/droplet-changes.ts";
import type { Stage } from "../../test/support/stage.ts";
import { type DataSize, addFiles } from "../release/data.ts";

/** Of the sandbox's stack; components/backups.ts names it so. */
const bucket = "odoo-sandbox-test-backups";

/** A database of that many GB, and 50,000 attachments of 20 KB; less of them where it is less than one GB. */
export const dataOfBackup = (gb: number): DataSize => ({
  databaseMb: Math.round(gb * 1000),
  files: Math.round(50_000 * Math.min(1, gb)),
  fileKb: 20,
});

/** What a day brings: one row of two hundred is new, one of two hundred is another, and one attachment of a hundred is new. */
export async function aDay(stage: Stage, { files, fileKb }: DataSize, day: number): Promise<void> {
  await stage.run(`docker exec -i postgres psql -Xq -v ON_ERROR_STOP=1 -U postgres -d odoo <<'SQL'
INSERT INTO bench_row (text) SELECT text || ${day} FROM bench_row WHERE id % 200 = ${day % 200};
UPDATE bench_row SET text = text || '.' WHERE id % 200 = ${(day + 100) % 200};
SQL`);
  await addFiles(stage, `day ${day}`, Math.ceil(files / 100), fileKb);
}

/** What the stack's bucket holds now, without what versions still keep. */
export async function storedBytes(stage: Stage): Promise<number> {
  const client = spaces(stage.world);
  let total = 0;
  let from: string | undefined;
  do {
    const page = await client.send(
      new ListObjectsV2Command({ Bucket: bucket, ...(from !== undefined && { ContinuationToken: from }) }),
    );
    for (const { Size = 0 } of page.Contents ?? []) total += Size;
    from = page.NextContinuationToken;
  } while (from !== undefined);
  client.destroy();
  return total;
}
