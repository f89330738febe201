import { setTimeout as sleep } from "node:timers/promises";
import { ask } from "../../test/support/machine.ts";
import type { Stage } from "../../test/support/stage.ts";

const folder = "/root/otherwise";

/** What many a guide proposes: one service, and a bind mount for what it needs. */
const compose = `name: otherwise
services:
  odoo:
    image: \${IMAGE}
    command: [odoo, -c, /etc/odoo/odoo.conf, --max-cron-threads=1]
    restart: unless-stopped
    environment: { PGPASSFILE: /run/secrets/pgpass }
    volumes:
      - /etc/odoo-platform/secrets/odoo/odoo.conf:/etc/odoo/odoo.conf:ro
      - /etc/odoo-platform/secrets/odoo/pgpass:/run/secrets/pgpass:ro
      - /mnt/odoo-data/filestore:/var/lib/odoo
    ports: ["127.0.0.1:8069:8069", "127.0.0.1:8072:8072"]
    networks: [odoo-platform]
networks:
  odoo-platform: { external: true }
`;

/**
 * What a user would have otherwise: the same image on the same machine, database and nginx, in one container. While it is
 * there the platform's own containers rest.
 */
export class PlainCompose {
  readonly #stage: Stage;
  #slot = "";

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  async open(image: string): Promise<void> {
    this.#slot = (await this.#stage.run("cat /var/lib/odoo-platform/odoo-slot")).trim();
    await this.#stage.run(`mkdir -p ${folder}
cat >${folder}/compose.yaml <<'YAML'
${compose}YAML
systemctl stop 'odoo-platform-drain-*.service' 2>/dev/null || true
for slot in blue green; do for part in web cron; do docker stop -t 20 odoo-$part-$slot 2>/dev/null || true; done; done
rm -f /etc/odoo-platform/nginx/green`);
    await this.up(image);
    await this.serves();
  }

  /** `docker compose up -d`, as it is typed. */
  async up(image: string): Promise<void> {
    await this.#stage.run(`cd ${folder} && IMAGE=${image} docker compose --progress quiet up -d 2>&1`);
  }

  async serves(): Promise<void> {
    await this.#stage.until(async () => {
      const { status } = await ask(this.#stage.world, this.#stage.platform, "/web/login");
      if (status !== 200) throw new Error(`/web/login answers ${status}`);
    }, 120);
  }

  /** The platform's own containers again, as they were. */
  async close(): Promise<void> {
    await this.#stage.run(`cd ${folder} && IMAGE=none docker compose --progress quiet down -t 10 2>&1
rm -rf ${folder}
docker start odoo-web-${this.#slot} odoo-cron-${this.#slot}
systemctl restart odoo-platform-odoo.service`);
    await this.serves();
    await sleep(5000);
  }
}

/** `docker exec postgres pg_dump | gzip`, once; the way back is made of it. */
export async function dump(stage: Stage): Promise<number> {
  const began = performance.now();
  await stage.run(
    "docker exec postgres pg_dump -U postgres odoo | gzip -1 >/root/otherwise.sql.gz && tar -cf /root/otherwise.tar -C /mnt/odoo-data filestore",
  );
  return (performance.now() - began) / 1000;
}

/**
 * `gunzip | psql` into a new database, and the files beside it: seconds, or undefined when it was not done within the bound. The
 * live database is not touched, and Odoo would be down all the while.
 */
export async function restore(stage: Stage, boundSeconds: number): Promise<number | undefined> {
  const began = performance.now();
  const said = await stage.run(`
sql() { docker exec postgres psql -XqAt -U postgres -d postgres -c "$1"; }
sql 'DROP DATABASE IF EXISTS otherwise WITH (FORCE)'
sql 'CREATE DATABASE otherwise OWNER odoo TEMPLATE template0'
timeout ${boundSeconds} bash -c '
  gunzip -c /root/otherwise.sql.gz | docker exec -i postgres psql -Xq -v ON_ERROR_STOP=1 -U postgres -d otherwise >/dev/null &&
  mkdir -p /mnt/odoo-data/otherwise && tar -xf /root/otherwise.tar -C /mnt/odoo-data/otherwise && sync -f /mnt/odoo-data' && echo done || echo late`);
  const seconds = (performance.now() - began) / 1000;
  await stage.run(`rm -rf /mnt/odoo-data/otherwise /root/otherwise.sql.gz /root/otherwise.tar
docker exec postgres psql -XqAt -U postgres -d postgres -c 'DROP DATABASE IF EXISTS otherwise WITH (FORCE)'`);
  return said.trim() === "done" ? seconds : undefined;
}
