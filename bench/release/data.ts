import type { Stage } from "../../test/support/stage.ts";

/** How much there is to be brought back. */
export interface DataSize {
  databaseMb: number;
  files: number;
  fileKb: number;
}

/** Four fifths in the database, one fifth in files of 200 KB, as they are after years of invoices. */
export const dataOfGb = (gb: number): DataSize => ({
  databaseMb: gb * 800,
  files: gb * 1000,
  fileKb: 200,
});

const chunkMb = 200;
/** A row is about this big, and not much smaller when it is compressed than what people write. */
const rowsPerMb = 900;

/** Fills the machine's database and filestore up to a size; what is there counts. */
export async function fillUp(stage: Stage, { databaseMb, files, fileKb }: DataSize): Promise<void> {
  await stage.run(`
sql() { docker exec -i postgres psql -XqAt -v ON_ERROR_STOP=1 -U postgres -d odoo; }
# Odoo's own, as all its tables are: a clone that cannot look through a table does not start.
echo 'CREATE TABLE IF NOT EXISTS bench_row (id bigserial PRIMARY KEY, text text NOT NULL); ALTER TABLE bench_row OWNER TO odoo' | sql
while [ "$(echo "SELECT pg_total_relation_size('bench_row') / 1048576 < ${databaseMb}" | sql)" = t ]; do
  sql <<'SQL'
INSERT INTO bench_row (text)
SELECT repeat(md5(g::text) || md5((g + 1)::text) || md5((g + 2)::text) || md5(random()::text), 8)
FROM generate_series(1, ${chunkMb * rowsPerMb}) AS g;
CHECKPOINT;
SQL
done
`);
  await addFiles(stage, "bench", files, fileKb);
}

/** Attachments, as Odoo keeps them, each under the SHA-1 of what is in it. What is there already stays. */
export async function addFiles(stage: Stage, label: string, count: number, kb: number): Promise<void> {
  await stage.run(`sql() { docker exec -i postgres psql -XqAt -v ON_ERROR_STOP=1 -U postgres -d odoo; }
python3 - "${label}" ${count} ${kb} <<'PYTHON' | sql
import hashlib, os, sys
label, count, kb = sys.argv[1], *map(int, sys.argv[2:])
store = "/mnt/odoo-data/filestore/filestore/odoo"
print("COPY ir_attachment (name, type, store_fname, checksum, file_size, mimetype, public, res_model) FROM stdin;")
for number in range(count):
    name = f"{label} {number}"
    # As good as random, and the same each time.
    content = hashlib.shake_128(name.encode()).digest(kb * 1024)
    sum = hashlib.sha1(content).hexdigest()
    path = f"{sum[:2]}/{sum}"
    full = f"{store}/{path}"
    if os.path.exists(full):
        continue
    os.makedirs(os.path.dirname(full), exist_ok=True)
    with open(full, "wb") as file:
        file.write(content)
    print(f"{name}\\tbinary\\t{path}\\t{sum}\\t{kb * 1024}\\tapplication/pdf\\tf\\tres.partner")
print("\\\\.")
PYTHON
chown -R 10001:10001 /mnt/odoo-data/filestore/filestore
sync -f /mnt/odoo-data`);
}

/** Bytes of the database and of the filestore. */
export async function sizeOf(stage: Stage): Promise<{ database: number; filestore: number; files: number }> {
  const said = await stage.run(`
docker exec postgres psql -XqAt -U postgres -d odoo -c "SELECT pg_database_size('odoo')"
du -s --block-size=1 /mnt/odoo-data/filestore | cut -f 1
find /mnt/odoo-data/filestore -type f | wc -l`);
  const [database = 0, filestore = 0, files = 0] = said.trim().split("\n").map(Number);
  return { database, filestore, files };
}
