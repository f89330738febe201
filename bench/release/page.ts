import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../tools/paths.ts";
import type { Measured } from "./measure.ts";

/** Puts a section of docs/performance.md in the place of the one of that name. */
export function renewSection(section: string): void {
  const file = join(root, "docs", "performance.md");
  const [title = ""] = section.split("\n");
  const page = readFileSync(file, "utf8");
  // The last of them ends with the page.
  const old = new RegExp(`^${title}$[\\s\\S]*?(?=^## |(?![\\s\\S]))`, "m");
  const renewed = old.test(page)
    ? page.replace(old, () => `${section}\n`)
    : `${page.trimEnd()}\n\n${section}`;
  writeFileSync(file, `${renewed.trimEnd()}\n`);
}

/** The section of docs/performance.md. */
export function sectionOf(measured: readonly Measured[], machine: string): string {
  const rows = measured.map((one) => {
    const { failedRequests, pausedRequests, requests } = one;
    const failed =
      pausedRequests > 0 ? `${failedRequests}, of which paused ${pausedRequests}` : failedRequests;
    return [
      one.case,
      one.size,
      one.runs,
      `${one.p50} s`,
      `${one.p95} s`,
      requests === 0 ? "-" : `${requests} at ${one.rate}/s`,
      requests === 0 ? "-" : failed,
      requests === 0 ? "-" : `${one.requestP50Ms} / ${one.requestP95Ms} ms`,
      requests === 0 ? "-" : `${one.websocketGapMs} ms`,
      notesText(one.notes),
    ].join(" | ");
  });
  return `## A release

Made by \`npm run bench:release\` on ${machine}: a sandbox's machine, bound to its droplet size by cgroup, on the same
processors as the load. The load is constant, through nginx with TLS: pages, reads by RPC and assets, whether or not those
before are answered; 20 websockets; one report of 10 s after the other. Seconds are of the whole command, with its
checks, its preview and a watch of 3 s where it deploys; p95 of 20 runs is the second longest. A failed request is any that
was not answered by 200; "serves after" is when people got the release of before, while the command goes on until stack, machine
and history agree and the evidence is written; "paused" are those of them that the announced pause answered, by 503 with Retry-After.

| case | size | runs | p50 | p95 | requests | failed | answers p50 / p95 | websocket away | more |
|---|---|---|---|---|---|---|---|---|---|
${rows.map((row) => `| ${row} |`).join("\n")}
`;
}

const megabyte = 1024 ** 2;

/** What else is worth to be known, as a cell of a table. */
export function notesText(notes: Record<string, unknown>): string {
  const { kind: _kind, engine: _engine, databaseBytes, filestoreBytes, files, ...rest } = notes;
  const size =
    typeof databaseBytes === "number" && typeof filestoreBytes === "number"
      ? `database ${Math.round(databaseBytes / megabyte)} MB, filestore ${Math.round(filestoreBytes / megabyte)} MB in ${String(files)} files`
      : "";
  const others = Object.entries(rest).map(([name, value]) => `${wordsOf(name)} ${JSON.stringify(value)}`);
  return [size, ...others].filter(Boolean).join("; ").replaceAll("|", "\\|");
}

/** "pauseSeconds" is "pause seconds". */
const wordsOf = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
