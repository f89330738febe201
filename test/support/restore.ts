import { setTimeout as sleep } from "node:timers/promises";
import type { Stage } from "./stage.ts";
import type { Answer } from "./world.ts";

/** What the database has of the probes, and whether each file is what was written. */
export interface Kept {
  names: string[];
  /** Of the files that are attached, by their names: whether the disk has the content that the row tells the SHA-1 of. */
  files: Record<string, "right" | "wrong" | "missing">;
}

/** Writes a row with a file beside it; the content says which. */
export const write = async (stage: Stage, name: string): Promise<void> =>
  await stage.write(name, `the file of ${name}\n`);

/** Looks into the database and the filestore by hand. */
export async function kept(stage: Stage): Promise<Kept> {
  const text = await stage.run(String.raw`
docker exec -i postgres psql -XqAt -F ' ' -U postgres -d odoo <<'SQL'
SELECT 'row', name FROM release_probe ORDER BY name;
SELECT 'file', name, checksum, store_fname FROM ir_attachment WHERE res_model = 'release.probe' ORDER BY name;
SQL
cd /mnt/odoo-data/filestore/filestore/odoo && find . -type f -path './??/*' -exec sha1sum {} + | sed 's/^/sum /'
`);
  const lines = text.split("\n").map((line) => line.trim().split(/\s+/));
  const sums = new Map(
    lines.filter(([what]) => what === "sum").map(([, sum, path]) => [path?.slice(2), sum]),
  );
  return {
    names: lines.filter(([what]) => what === "row").map(([, name = ""]) => name),
    files: Object.fromEntries(
      lines
        .filter(([what]) => what === "file")
        .map(([, name = "", checksum, path = ""]) => {
          const sum = sums.get(path);
          return [name, sum === undefined ? "missing" : sum === checksum ? "right" : "wrong"];
        }),
    ),
  };
}

/** The machine's second, after which what comes is later than it. */
export async function moment(stage: Stage): Promise<string> {
  const second = (await stage.run("sleep 1; date -u +%Y-%m-%dT%H:%M:%SZ")).trim();
  await sleep(1500);
  return second;
}

/** Takes rows and files away, as somebody does who should not have. */
export const destroy = async (stage: Stage, name: string): Promise<string> =>
  await stage.run(`docker exec -i postgres psql -XqAt -U postgres -d odoo <<'SQL'
DELETE FROM ir_attachment WHERE res_model = 'release.probe' AND name = '${name}';
DELETE FROM release_probe WHERE name = '${name}';
SQL`);

export async function platform(stage: Stage, ...args: string[]): Promise<Answer> {
  const answer = await stage.world.answer([...args, "--stack", "sandbox"]);
  if (answer.exitCode !== 0) throw new Error(`${args.join(" ")}: ${JSON.stringify(answer, null, 2)}`);
  return answer;
}

/** When the history of each timeline came into the bucket, in seconds since 1970, by its file's name. */
export async function histories(stage: Stage): Promise<Record<string, number>> {
  const text = await stage.run(`image=$(docker inspect --format '{{.Config.Image}}' postgres)
folder=/etc/odoo-platform/secrets/backups/pgbackrest
docker run --rm --network host --user postgres -v $folder:/etc/pgbackrest:ro -v /etc/ssl/certs:/etc/ssl/certs:ro --entrypoint pgbackrest \
  $image --stanza=odoo repo-ls --output=json --filter='[.]history$' archive/odoo/17-1 2>/dev/null`);
  const found = JSON.parse(text) as Record<string, { time: number }>;
  return Object.fromEntries(Object.entries(found).map(([name, { time }]) => [name, time]));
}

/** What Postgres says of its archive. */
export async function archive(stage: Stage): Promise<{ timeline: number; waiting: number; failed: boolean }> {
  const text = await stage.run(`docker exec -i postgres psql -XqAt -F ' ' -U postgres -d odoo <<'SQL'
SELECT timeline_id, coalesce(last_failed_time > last_archived_time, false) FROM pg_control_checkpoint(), pg_stat_archiver;
SQL
find /mnt/odoo-data/postgres/17/pg_wal/archive_status -name '*.ready' | wc -l`);
  const [timeline, failed, waiting] = text.trim().split(/\s+/);
  return { timeline: Number(timeline), waiting: Number(waiting), failed: failed === "t" };
}
