import type { Stage } from "../../test/support/stage.ts";

/** On the volume, as Postgres' container sees it too. */
const folder = "/mnt/odoo-data/postgres/bench-plain";
const inside = "/var/lib/postgresql/data/bench-plain";
const files = "/mnt/odoo-data/bench-files";
const database = "bench_plain";

/** A way to back Odoo up and to bring it back that needs nothing but what is there. Scripts for the machine. */
export interface PlainWay {
  name: string;
  backup: string;
  /** Into a new database and a new folder; the live ones are not touched, and Odoo would be down all the while. */
  restore: string;
}

const packed = `tar -cf ${folder}/filestore.tar -C /mnt/odoo-data filestore`;
const unpacked = `mkdir -p ${files} && tar -xf ${folder}/filestore.tar -C ${files} && sync -f /mnt/odoo-data`;
const create = `docker exec postgres createdb -U postgres --owner odoo --template template0 ${database}`;

export const plainWays: PlainWay[] = [
  {
    name: "pg_dump | gzip, tar",
    backup: `docker exec postgres pg_dump -U postgres odoo | gzip >${folder}/odoo.sql.gz
${packed}`,
    restore: `${create}
gunzip -c ${folder}/odoo.sql.gz | docker exec -i postgres psql -Xq -v ON_ERROR_STOP=1 -U postgres -d ${database} >/dev/null
${unpacked}`,
  },
  {
    name: "pg_dump -Fd -j2 -Z1, tar",
    backup: `docker exec postgres pg_dump -U postgres -Fd -j2 -Z1 -f ${inside}/dump odoo
${packed}`,
    restore: `${create}
docker exec postgres pg_restore -U postgres -j2 -d ${database} ${inside}/dump
${unpacked}`,
  },
];

/** Room for a way, and nothing of the one before. */
export async function beginPlain(stage: Stage): Promise<void> {
  await endPlain(stage);
  await stage.run(`install -d -m 0700 -o 10002 -g 10002 ${folder}`);
}

export async function forgetRestored(stage: Stage): Promise<void> {
  await stage.run(`docker exec postgres dropdb -U postgres --force --if-exists ${database}
rm -rf ${files}`);
}

export async function endPlain(stage: Stage): Promise<void> {
  await forgetRestored(stage);
  await stage.run(`rm -rf ${folder}`);
}

/** Bytes that the way has written. */
export async function plainBytes(stage: Stage): Promise<number> {
  return Number(await stage.run(`du -s --block-size=1 ${folder} | cut -f 1`));
}
