import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { Stage } from "../test/support/stage.ts";
import { type Bench, backups, idle, plain, restores } from "./backup/cases.ts";
import { dataOfBackup } from "./backup/data.ts";
import { type Cost, sectionOf } from "./backup/page.ts";
import { fillUp } from "./release/data.ts";
import { renewSection } from "./release/page.ts";

/**
 * Backups, restores, drills and clones against pg_dump and tar, in one sandbox with one machine, under a light load. An hour.
 * Nothing else may run machines on this computer meanwhile.
 *
 *   npm run bench:backup                       writes the section "Backups" of docs/performance.md
 *   npm run bench:backup -- --json             prints one object a case instead
 *   npm run bench:backup -- --only plain       one part: plain, backups, restores (the last takes a backup first)
 *   npm run bench:backup -- --gb 1             other sizes of database than 1 and 10 GB; below 1 with fewer attachments
 *
 * With PLATFORM_STAGE=CHECKOUT in that checkout's sandbox, which it leaves full of data.
 */
const size = "s-2vcpu-4gb";
const parts = ["plain", "backups", "restores"] as const;
const { values: flags } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    only: { type: "string" },
    gb: { type: "string", default: "1,10" },
  },
});
const sizesGb = flags.gb.split(",").map(Number);
if (flags.only !== undefined && !parts.some((part) => part === flags.only))
  throw new Error(`--only: there is ${parts.join(", ")}`);
if (!sizesGb.every((gb) => gb > 0)) throw new Error("--gb: are numbers");
const wanted = (part: (typeof parts)[number]): boolean => flags.only === undefined || flags.only === part;

const costs: Cost[] = [];
const stage = new Stage({ size, volumeGb: 60 });
try {
  await stage.open("1.0.0");
  // What it brings every half minute would be missing from a backup's own figures.
  await stage.run("systemctl stop odoo-platform-backup-ship.timer");
  for (const gb of sizesGb) {
    const data = dataOfBackup(gb);
    await fillUp(stage, data);
    const shape = { rate: 10, websockets: 5, reportSeconds: 0 };
    const bench: Bench = { stage, size, shape, gb, data, idleCpu: 0 };
    note(await idle(bench));
    if (wanted("plain")) for await (const one of plain(bench)) note(one);
    if (wanted("backups")) for await (const one of backups(bench)) note(one);
    await stage.run("systemctl start odoo-platform-backup-ship.timer");
    if (wanted("restores")) for await (const one of restores(bench)) note(one);
  }
} finally {
  // What was measured until something went wrong is worth its time.
  report();
  await stage.close();
}

/** Told at once too: an hour is long, and what was measured counts whatever becomes of the rest. */
function note(cost: Cost): void {
  costs.push(cost);
  process.stderr.write(`${JSON.stringify(cost)}\n`);
}

function report(): void {
  if (flags.json) return console.log(JSON.stringify(costs, null, 2));
  const machine = `${cpus().length} × ${cpus()[0]?.model.trim() ?? "?"}, Node ${process.versions.node}`;
  const section = sectionOf(costs, machine);
  console.log(section);
  if (process.argv.length === 2) renewSection(section);
  return undefined;
}
