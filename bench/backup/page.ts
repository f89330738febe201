import { type Measured } from "../release/measure.ts";
import { notesText } from "../release/page.ts";

/** One measured case, and what it took of the machine. */
export interface Cost extends Measured {
  cpuSeconds: number;
  peakBytes: number;
  /** What it left in the bucket, or on the volume; undefined where it leaves nothing. */
  storedBytes?: number | undefined;
}

const megabytes = (bytes: number | undefined): string =>
  bytes === undefined ? "-" : `${Math.round(bytes / 1024 ** 2)} MB`;

/** The section of docs/performance.md. */
export function sectionOf(costs: readonly Cost[], machine: string): string {
  const rows = costs.map((one) =>
    [
      one.case.replaceAll("|", "\\|"),
      `${one.seconds} s`,
      `${one.cpuSeconds} s`,
      megabytes(one.peakBytes),
      megabytes(one.storedBytes),
      `${one.requestP50Ms} / ${one.requestP95Ms} ms`,
      one.pausedRequests > 0
        ? `${one.failedRequests} of ${one.requests}, of which paused ${one.pausedRequests}`
        : `${one.failedRequests} of ${one.requests}`,
      notesText(one.notes),
    ].join(" | "),
  );
  return `## Backups

Made by \`npm run bench:backup\` on ${machine}: a sandbox's machine (${[...new Set(costs.map(({ size }) => size))].join(", ")},
bound to its size by cgroup), on the same processors as the load and the store. The store is the sandbox's Spaces, over TLS;
the plain ways write to the machine's own volume and are brought nowhere, in their favour. Seconds are of the work on the
machine, or of the whole command where one is named. CPU is of the whole machine, less what the load alone takes in that
time; memory is what processes have of their own beyond what they had before; stored is what is new in the bucket, with the
database's log since the case before, or the size of the files. Answers are those of people meanwhile (the first row: with nothing
else under way). Ours encrypts and reads everything back; the plain ways do neither.

| case | takes | CPU | memory | stored | answers p50 / p95 | failed | more |
|---|---|---|---|---|---|---|---|
${rows.map((row) => `| ${row} |`).join("\n")}

${comparison(costs).join("\n")}
`;
}

/** Which of ours is set against which plain way, and how often the first goes into the second. */
const against: [ours: RegExp, plain: RegExp, what: string][] = [
  [/^backup, increment/, /^backup: pg_dump \|/, "a daily backup against pg_dump and gzip"],
  [/^backup, increment/, /^backup: pg_dump -Fd/, "a daily backup against the best plain way"],
  [/^backup, full/, /^backup: pg_dump -Fd/, "a full backup against the best plain way"],
  [/^restore, onto/, /^restore: pg_dump -Fd/, "a restore onto an empty volume against the best plain way"],
  [/^restore, delta/, /^restore: pg_dump -Fd/, "a restore in place against the best plain way"],
];

/** Sentences that also say where a plain way wins. */
export function comparison(costs: readonly Cost[]): string[] {
  const sizes = [...new Set(costs.map(gbOf).filter((gb) => gb !== ""))];
  return sizes.flatMap((gb) =>
    against.flatMap(([ours, plain, what]) => {
      const [one, other] = [ours, plain].map((name) =>
        costs.find((cost) => name.test(cost.case) && gbOf(cost) === gb),
      );
      if (!one || !other) return [];
      const parts = [
        ratio("time", one.seconds, other.seconds),
        ratio("CPU", one.cpuSeconds, other.cpuSeconds),
      ];
      if (one.storedBytes !== undefined && other.storedBytes !== undefined)
        parts.push(ratio("bytes stored", one.storedBytes, other.storedBytes));
      return [`- ${gb} GB, ${what}: ${parts.join(", ")}.`];
    }),
  );
}

const gbOf = (cost: Measured): string => / ([\d.]+) GB$/.exec(cost.case)?.[1] ?? "";

function ratio(what: string, ours: number, plain: number): string {
  const [low, high] = [Math.min(ours, plain), Math.max(ours, plain)];
  const times = low > 0 ? Math.round((high / low) * 10) / 10 : Number.POSITIVE_INFINITY;
  if (times === 1) return `the same ${what}`;
  const by = Number.isFinite(times) ? `${times} times` : "any";
  return ours < plain ? `${by} less ${what}` : `**${by} more ${what}, here the plain way wins**`;
}
