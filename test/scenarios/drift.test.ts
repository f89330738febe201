import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { short } from "../../operations/card.ts";
import { driftSchema } from "../../operations/drift/report.ts";
import { appChanges } from "../support/app-changes.ts";
import { idle } from "../support/drift.ts";
import { dropletChanges, lostThings } from "../support/droplet-changes.ts";
import type { OutOfBand } from "../support/out-of-band.ts";
import { type Answer, World } from "../support/world.ts";

interface Row {
  kind: string;
  name: string;
  what: string;
  property: string | null;
  expected: string | null;
  found: string | null;
}

const differencesOf = (answer: Answer): Row[] => answer["differences"] as Row[];

/** The answer without what every verb answers, as its schema has it. */
function report({
  version: _version,
  verb: _verb,
  stack: _stack,
  exit: _exit,
  exitCode: _code,
  ...rest
}: Answer) {
  delete rest["next"];
  return driftSchema.parse(rest);
}

/** Digest of each file of a folder, by its path. */
function digests(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
  return Object.fromEntries(
    files.map(({ parentPath, name }) => {
      const file = join(parentPath, name);
      return [file, createHash("sha256").update(readFileSync(file)).digest("hex")];
    }),
  );
}

/** Makes every change to the first resource of its type. */
async function make(world: World, stack: string, changes: OutOfBand[]): Promise<void> {
  const resources = await world.resources(stack);
  for (const { type, what, change } of changes) {
    const resource = resources.find((one) => short(one.type) === type);
    assert.ok(resource, `${type} ${what}: ${stack} has none`);
    await change(world, resource, resources);
  }
}

/** Changes that nobody told of. */
function unseen(changes: OutOfBand[], rows: Row[]): string[] {
  return changes
    .filter(
      ({ type, seenAs }) =>
        !rows.some(
          ({ kind, what, property }) =>
            kind === type && (seenAs === "gone" ? what === "missing" : (property ?? "").startsWith(seenAs)),
        ),
    )
    .map(({ type, what }) => `${type} ${what}`);
}

/** Ten idle runs of each are among the faults (faults-drift.test.ts). */
describe("drift of a droplet's stack", () => {
  const world = new World();
  before(async () => {
    await world.start();
    await world.json(["up"]);
  });
  after(() => world.remove());
  afterEach(() => world.mend());

  it("is none in idle runs", () => idle(world, 2));

  it("is looked for without writing anything", async () => {
    const folders = (): Record<string, string>[] =>
      [join(world.sandbox, "state"), join(world.sandbox, "spaces", "data")].map(digests);
    const [before, settings, inventory] = [
      folders(),
      readFileSync(world.stackFile("sandbox"), "utf8"),
      world.inventory(),
    ];
    assert.ok(Object.keys(before[0] ?? {}).some((file) => file.includes("/history/")));
    await world.json(["drift"]);
    assert.deepEqual(folders(), before);
    assert.equal(readFileSync(world.stackFile("sandbox"), "utf8"), settings);
    assert.deepEqual(world.inventory(), inventory);
  });

  it("is not looked for with a token that is not accepted", async () => {
    for (const vendor of ["digitalocean", "github"] as const) {
      await world.break({ name: "expired-token", vendor });
      const { exitCode, error, differences } = await world.answer(["drift"]);
      assert.deepEqual([exitCode, differences], [3, undefined]);
      assert.match(error?.message ?? "", vendor === "github" ? /^GITHUB_TOKEN: / : /^DIGITALOCEAN_TOKEN: /);
      await world.mend();
    }
  });

  it("is not none while a vendor does not answer", async () => {
    await world.break({ name: "server-error", vendor: "digitalocean", match: "GET /v2/droplets" });
    const { exitCode, error } = await world.answer(["drift"]);
    assert.equal(exitCode, 1);
    assert.match(error?.message ?? "", /^sandbox: drift failed/);
  });

  it("has no issue while there is none", async () => {
    const { issue } = await world.json(["drift", "--issue"]);
    assert.deepEqual((issue as { state: string }).state, "none");
  });

  it("is seen for every kind of resource, by the property that was changed", async () => {
    await make(world, "sandbox", dropletChanges);
    const answer = await world.answer(["drift"]);
    assert.equal(answer.exitCode, 10);
    const rows = differencesOf(answer);
    assert.deepEqual(unseen(dropletChanges, rows), []);
    // Nothing else: canAdminsBypass goes with the environment that was put anew.
    const known = new Set(dropletChanges.map(({ type }) => type));
    assert.deepEqual(
      rows.filter(({ kind }) => !known.has(kind)),
      [],
    );
    const rules = rows.find(({ kind }) => kind === "Firewall");
    assert.deepEqual(
      [rules?.expected, rules?.found],
      [null, '{"portRange":"5432","protocol":"tcp","sourceAddresses":["0.0.0.0/0"]}'],
    );
    assert.equal(report(answer).machine.state, "row");
  });

  it("has one issue, which is brought up to date", async () => {
    type Issue = { number: number; state: string; title: string; body: string; labels: { name: string }[] };
    const issues = async (): Promise<Issue[]> =>
      (await (
        await world.vendor("github", "GET", "/repos/sandbox/odoo-addons/issues?state=all")
      ).json()) as Issue[];
    const first = await world.answer(["drift", "--issue"]);
    const second = await world.answer(["drift", "--issue"]);
    assert.deepEqual(
      [first, second].map(({ issue }) => (issue as { state: string }).state),
      ["opened", "updated"],
    );
    const [issue, ...more] = await issues();
    assert.deepEqual([issue?.title, issue?.state, more], ["Drift: sandbox", "open", []]);
    assert.deepEqual(
      issue?.labels.map(({ name }) => name),
      ["platform: drift"],
    );
    assert.match(issue?.body ?? "", /^\*\*sandbox has drifted: \d+ things differ/);
    assert.match(issue?.body ?? "", /\| ~ `odoo-sandbox-firewall` inboundRules \|/);
  });

  it("is put right by an update, but not before the settings follow a volume that has grown", async () => {
    const refused = await world.answer(["drift", "--fix"]);
    assert.equal(refused.exitCode, 1);
    assert.match(refused.error?.hint ?? "", /set host\.volumeGb to 20/);
    world.edit("sandbox", ["host", "volumeGb"], 20);
    const fixed = await world.answer(["drift", "--fix"]);
    assert.deepEqual([fixed.exitCode, fixed["differences"]], [0, []]);
    assert.ok((fixed["fixed"] as number) >= dropletChanges.length);
    const { card } = await world.json(["preview"]);
    assert.deepEqual(card?.changes, []);
  });

  it("closes its issue when there is none any more", async () => {
    const { issue } = await world.json(["drift", "--issue"]);
    assert.equal((issue as { state: string }).state, "closed");
    const open = await world.vendor("github", "GET", "/repos/sandbox/odoo-addons/issues");
    assert.deepEqual(await open.json(), []);
  });

  it("is seen of a secret that somebody wrote anew, whose own value is then sent again", async () => {
    const secret = (): string | undefined =>
      world.workflowSecret("sandbox/odoo-addons", "DEPLOY_WEBHOOK_SECRET", "sandbox");
    const own = secret();
    await world.json(["sandbox", "break", "--fault", "edited-secret"]);
    const rows = differencesOf(await world.answer(["drift"]));
    assert.deepEqual(
      rows.map(({ kind, property }) => [kind, property]),
      [["ActionsEnvironmentSecret", "updatedAt"]],
    );
    assert.notEqual(secret(), own);
    const fixed = await world.answer(["drift", "--fix"]);
    assert.deepEqual([fixed.exitCode, fixed["differences"]], [0, []]);
    assert.equal(secret(), own);
  });

  it("is seen of what holds others too", async () => {
    await make(world, "sandbox", lostThings);
    const answer = await world.answer(["drift"]);
    assert.equal(answer.exitCode, 10);
    assert.deepEqual(unseen(lostThings, differencesOf(answer)), []);
  });

  it("is not believed when more is gone than somebody deletes by hand", async () => {
    for (const label of ["incident", "rollback", "drift"])
      await world.vendor("github", "DELETE", `/repos/sandbox/odoo-addons/labels/platform:%20${label}`);
    const state = digests(join(world.sandbox, "state"));
    for (const verb of [["drift"], ["drift", "--fix"], ["drift", "--issue"]]) {
      const answer = await world.answer(verb);
      assert.deepEqual([answer.exitCode, answer["differences"]], [1, undefined]);
      assert.match(
        answer.error?.message ?? "",
        /resources would be gone, which is not believed; nothing was written$/,
      );
    }
    assert.deepEqual(digests(join(world.sandbox, "state")), state);
  });
});

describe("drift of a stack on App Platform", () => {
  const world = new World();
  const stack = "sandbox-app";
  before(async () => {
    await world.start();
    await world.json(["up", "--stack", stack]);
  });
  after(() => world.remove());

  it("is none in idle runs, and what the provider makes by itself is counted", async () => {
    await idle(world, 2, stack);
    const { vendors, machine } = report(await world.json(["drift", "--stack", stack]));
    assert.deepEqual(
      vendors.noise.map(({ type, property, count }) => [type, property, count]),
      [["digitalocean:index/app:App", "spec.envs", 1]],
    );
    assert.equal(machine.state, "none");
  });

  it("is seen for every kind of resource", async () => {
    await make(world, stack, appChanges);
    const answer = await world.answer(["drift", "--stack", stack]);
    assert.equal(answer.exitCode, 10);
    assert.deepEqual(unseen(appChanges, differencesOf(answer)), []);
    // No value of the app's variables, whichever it is.
    assert.doesNotMatch(JSON.stringify(answer), /base,sale/);
  });
});
