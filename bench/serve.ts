import { readFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { isSandbox } from "../operations/engine-env.ts";
import { readStack } from "../operations/stack-reader.ts";
import { readSettings } from "../operations/project.ts";
import { root } from "../tools/paths.ts";
import type { LoadFigures, LoadOrder } from "./load.ts";

/**
 * What nginx costs: the login page and a read by RPC, through nginx with TLS and from Odoo's own port, on the sandbox's
 * machine, in turns. Run `npm start` first; needs root, to enter the machine's network. `--json` prints the figures alone.
 */
const stack = "sandbox";
const rounds = 3;
const domainOf = (url: string): string => new URL(url).hostname;

if (!isSandbox(stack)) throw new Error("only a sandbox is measured");
const { outputs, secrets } = await readStack(stack, AbortSignal.timeout(60_000));
const { host } = readSettings(stack);
const size = host.kind === "droplet" ? host.size : host.kind;
const run = `/run/odoo-sandbox/machines/droplet-${outputs.hostId}/nspawn`;
const nspawn = readFileSync(run, "utf8").trim();
const [leader = ""] = readFileSync(`/proc/${nspawn}/task/${nspawn}/children`, "utf8").split(" ");

async function load(origin: string): Promise<Record<string, LoadFigures>> {
  const order: LoadOrder = {
    origin,
    domain: domainOf(outputs.url),
    login: { user: "admin", password: secrets.get("odooAdminPassword") ?? "" },
    clients: 8,
    seconds: 8,
  };
  const program = [process.execPath, join(root, "bench", "load.ts")];
  const { stdout } = await execa("nsenter", ["--target", leader, "--net", "--", ...program], {
    input: JSON.stringify(order),
  });
  return JSON.parse(stdout) as Record<string, LoadFigures>;
}

const ways = { nginx: "https://127.0.0.1", odoo: "http://127.0.0.1:8069" } as const;
const results: { way: string; what: string; figures: LoadFigures }[] = [];
for (let round = 0; round < rounds; round += 1)
  for (const [way, origin] of Object.entries(ways))
    for (const [what, figures] of Object.entries(await load(origin))) results.push({ way, what, figures });

const median = (values: number[]): number => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
const rows = [...new Set(results.map(({ what }) => what))].flatMap((what) =>
  Object.keys(ways).map((way) => {
    const all = results.filter((one) => one.what === what && one.way === way).map(({ figures }) => figures);
    return {
      size,
      what,
      way,
      requestsPerSecond: median(all.map((one) => one.requestsPerSecond)),
      p50: median(all.map((one) => one.p50)),
      p95: median(all.map((one) => one.p95)),
      failed: all.reduce((sum, one) => sum + one.failed, 0),
    };
  }),
);
if (process.argv.includes("--json")) console.log(JSON.stringify(rows, null, 2));
else console.table(rows);
