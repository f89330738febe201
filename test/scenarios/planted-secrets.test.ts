import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { secretKeys } from "../../settings/secrets.ts";
import { World } from "../support/world.ts";

const stacks = ["sandbox", "sandbox-app"] as const;

/** A secret that was put somewhere on purpose, by where it was put. */
type Planted = Record<string, string>;

describe("secrets that were planted", () => {
  const world = new World();
  const temporary = join(world.dir, "tmp");
  const planted: Planted = {};
  const said: string[] = [];
  const processes = new Set<string>();

  before(async () => {
    mkdirSync(temporary);
    await world.start();
    for (const stack of stacks) {
      for (const key of Object.keys(secretKeys).filter((one) => !one.endsWith("PrivateKey"))) {
        const value = `planted-${randomBytes(15).toString("hex")}`;
        planted[`${stack} ${key}`] = value;
        await world.setConfig(stack, key, value, "secret");
      }
      // So that they are used, and not only kept.
      world.edit(stack, ["alerts"], {
        email: ["a@example.com"],
        slack: {},
        mattermost: { channel: "ops" },
        pagerduty: true,
      });
    }
    // Keys stay what they are; the fourth line of one holds none of its public half.
    const { stdout } = await world.pulumi(["config", "--show-secrets", "--json", "--stack", "sandbox"]);
    for (const [key, { value }] of Object.entries(JSON.parse(stdout) as Record<string, { value: string }>))
      if (key.endsWith("PrivateKey")) planted[key] = value.split("\n")[3] ?? "";
    world.edit("sandbox", ["services"], { n8n: { domain: "n8n.sandbox.test" } });
    for (const [name, value] of Object.entries(world.run().credentials)) planted[name] = value as string;
    planted["passphrase"] = readFileSync(join(world.sandbox, "passphrase"), "utf8");
  });
  after(() => world.remove());

  it("are at least thirty, and those that the vendors make come on top", () => {
    assert.ok(Object.keys(planted).length >= 30, String(Object.keys(planted).length));
  });

  it("reach the vendors, through every verb that could spill them", async () => {
    const watch = watchProcesses(processes, temporary);
    for (const stack of stacks) {
      const runs = [
        ["init"],
        ["preview"],
        ["up"],
        ["up", "--json"],
        ["history", "--json"],
        ["cost"],
        ["doctor"],
      ];
      for (const args of runs) {
        const { stdout, stderr, code } = await world.platform([...args, "--stack", stack], {
          TMPDIR: temporary,
        });
        said.push(stdout, stderr);
        if (args[0] !== "doctor") assert.equal(code, 0, stderr);
      }
    }
    // A failure tells more than a success.
    await world.break({ name: "server-error", vendor: "digitalocean", match: "PUT /v2/firewalls" });
    world.edit("sandbox", ["host", "adminNetworks"], ["192.0.2.0/24"]);
    const failed = await world.platform(["up", "--yes"], { TMPDIR: temporary });
    await world.mend();
    assert.equal(failed.code, 1);
    said.push(failed.stdout, failed.stderr);
    const webhook = world.workflowSecret("sandbox/odoo-addons", "DEPLOY_WEBHOOK_SECRET", "sandbox");
    assert.equal(webhook, planted["sandbox webhookSecret"]);
    for (const stack of stacks) await plantVendors(stack);
    for (const stack of stacks) {
      const args = ["destroy", "--stack", stack, "--confirm", stack, "--with-backups", "--with-zone"];
      const { stdout, stderr, code } = await world.platform(args, { TMPDIR: temporary });
      assert.equal(code, 0, stderr);
      said.push(stdout, stderr);
    }
    await watch.end();
  });

  /** Keys and passwords that the vendors made, as the state tells them to whoever has the passphrase. */
  async function plantVendors(stack: string): Promise<void> {
    for (const { type, urn, outputs = {} } of await world.resources(stack)) {
      const { plaintext } = (outputs["secretKey"] ?? outputs["password"] ?? {}) as { plaintext?: string };
      if (plaintext) planted[urn] = JSON.parse(plaintext) as string;
      else assert.ok(!/:(SpacesKey|DatabaseCluster|DatabaseUser)$/.test(type), `${urn} has no secret`);
    }
  }

  const found = (text: string): string[] =>
    Object.entries(planted)
      .filter(([, value]) => text.includes(value))
      .map(([where]) => where);

  it("stand in plain text in no state, history, checkpoint, log or settings file", () => {
    const files = [
      join(world.sandbox, "state"),
      join(world.project),
      join(world.sandbox, "server.log"),
      temporary,
    ];
    const spilt = files.flatMap(filesIn).flatMap((file) => {
      const names = found(readFileSync(file, "utf8"));
      return names.length > 0 ? [`${file}: ${names.join(", ")}`] : [];
    });
    assert.deepEqual(spilt, []);
    assert.ok(filesIn(join(world.sandbox, "state", ".pulumi", "history")).length > 4);
    assert.ok(filesIn(join(world.project, ".platform", "logs")).length > 4);
  });

  it("nor in anything that was printed", () => assert.deepEqual(found(said.join("\n")), []));

  it("nor in the process list while it ran", function () {
    if (process.platform !== "linux") this.skip();
    const engine = [...processes].filter((line) => line.includes("pulumi"));
    assert.ok(engine.length > 3, "the engine was seen running");
    assert.deepEqual(found([...processes].join("\n")), []);
  });

  it("and are found by this search where they are", () => {
    const kept = readFileSync(join(world.sandbox, "credentials.json"), "utf8");
    assert.deepEqual(found(kept), Object.keys(world.run().credentials));
  });
});

function filesIn(path: string): string[] {
  if (!existsSync(path)) return [];
  if (statSync(path).isFile()) return [path];
  const entries = readdirSync(path, { withFileTypes: true, recursive: true });
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
}

/** Notes the command line of every process, and what stands in the temporary folder, many times a second. */
function watchProcesses(seen: Set<string>, temporary: string): { end: () => Promise<void> } {
  const stop = new AbortController();
  const look = (file: string): void => {
    try {
      seen.add(readFileSync(file, "utf8").replaceAll("\0", " "));
    } catch {
      // It has gone in this moment.
    }
  };
  const watching = (async () => {
    while (!stop.signal.aborted) {
      if (process.platform === "linux")
        for (const pid of readdirSync("/proc")) if (/^\d+$/.test(pid)) look(`/proc/${pid}/cmdline`);
      for (const file of filesIn(temporary)) look(file);
      await sleep(30);
    }
  })();
  return {
    end: () => {
      stop.abort();
      return watching;
    },
  };
}
