import assert from "node:assert/strict";
import type { Release } from "../../components/release.ts";
import type { Stage } from "./stage.ts";

/** What the machine says of what it runs. */
interface OnMachine {
  slot: string;
  /** Whether nginx sends to green: it looks at a file. */
  green: boolean;
  paused: boolean;
  underway: string;
  /** Containers that run, by name, each with its image. */
  containers: Record<string, string>;
  /** Of the files that the program put last. */
  candidate: string;
  /** "to upgrade" and the like, with the modules' names. */
  unfinished: string;
  leftovers: string[];
}

const look = String.raw`
cd /
list() { docker ps --format '{{.Names}}' | sort | while read -r name; do
  printf '%s"%s":"%s"' "$comma" "$name" "$(docker inspect --format '{{.Config.Image}}' "$name")"; comma=,; done; }
sql() { docker exec -i postgres psql -XqAt -U postgres -d odoo <<<"$1"; }
truth() { if "$@"; then printf true; else printf false; fi; }
printf '{"slot":"%s","green":%s,"paused":%s,"underway":"%s","containers":{%s},"candidate":"%s","unfinished":"%s","leftovers":[%s]}' \
  "$(cat /var/lib/odoo-platform/odoo-slot)" "$(truth test -e /etc/odoo-platform/nginx/green)" \
  "$(truth test -e /etc/odoo-platform/nginx/maintenance)" "$(cat /mnt/odoo-data/underway 2>/dev/null)" "$(list)" \
  "$(sed -n 's/^ODOO_IMAGE=//p' /etc/odoo-platform/odoo/.env)" \
  "$(sql "SELECT string_agg(name || ' ' || state, ', ') FROM ir_module_module WHERE state LIKE 'to %'")" \
  "$(find /mnt/odoo-data -maxdepth 1 \( -name incoming -o -name failed -o -name rehearsal \) -printf ',"%f"' | cut -c 2-)"
`;

const reference = ({ registry, repository, tag, digest }: Release): string =>
  digest === undefined ? `${registry}/${repository}:${tag}` : `${registry}/${repository}@${digest}`;

/** The state of the stack, the machine and the history say the same: this release serves, whole and alone. */
export async function assertAgreement(stage: Stage, tag: string): Promise<void> {
  const image = reference(await stage.build(tag));
  const [stack, machine, history, told] = await Promise.all([
    ofStack(stage),
    stage.run(look).then((text) => JSON.parse(text) as OnMachine),
    ofHistory(stage),
    stage.told(),
  ]);
  const { slot, containers } = machine;
  const odoo = Object.entries(containers).filter(([name]) => name.startsWith("odoo-"));
  const said = {
    stack: stack.image,
    pending: stack.pending,
    history,
    candidate: machine.candidate,
    web: containers[`odoo-web-${slot}`],
    cron: odoo.filter(([name]) => name.startsWith("odoo-cron")),
    answers: told.version,
    nginx: machine.green ? "green" : "blue",
    paused: machine.paused,
    underway: machine.underway,
    unfinished: machine.unfinished,
    leftovers: machine.leftovers,
    // The other slot may still answer what it was asked before; nothing else of Odoo runs.
    others: odoo.map(([name]) => name).filter((name) => !/^odoo-(web|cron)-(blue|green)$/.test(name)),
  };
  assert.deepEqual(said, {
    stack: image,
    pending: [],
    history: image,
    candidate: image,
    web: image,
    cron: [[`odoo-cron-${slot}`, image]],
    answers: tag,
    nginx: slot,
    paused: false,
    underway: "",
    unfinished: "",
    leftovers: [],
    others: [],
  });
}

/** The same, and a preview finds nothing that an update would change. */
export async function assertRest(stage: Stage, tag: string): Promise<void> {
  await assertAgreement(stage, tag);
  const { card } = await stage.world.json(["preview"]);
  assert.deepEqual(card?.changes, []);
}

async function ofStack({ world }: Stage): Promise<{ image: string; pending: string[] }> {
  const { stdout } = await world.pulumi(["stack", "output", "release", "--json", "--stack", "sandbox"]);
  const pending = world.pending("sandbox").map(({ resource }) => resource.urn);
  return { image: reference(JSON.parse(stdout) as Release), pending };
}

/** The last update that came to its end, as `platform history` tells it. */
async function ofHistory({ world }: Stage): Promise<string | undefined> {
  const { updates } = await world.json(["history", "--all"]);
  const all = updates as { result: string; kind: string; unhealthy: boolean; release: Release | null }[];
  const last = all.find(({ result, release }) => result === "succeeded" && release !== null);
  if (last?.unhealthy) return "one that was left because it was not healthy";
  return last?.release ? reference(last.release) : undefined;
}
