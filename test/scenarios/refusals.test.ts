import assert from "node:assert/strict";
import { copyFileSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import type { UserError } from "../../user-error.ts";
import { type Answer, World } from "../support/world.ts";

/** Nothing is ever made in this world: every scene is refused before. */
describe("an update is refused, and nothing is made", () => {
  const world = new World();
  let env: NodeJS.ProcessEnv;

  before(async () => {
    world.adopt("prod");
    await world.start();
    env = await world.complete("prod");
  });
  after(() => world.remove());
  afterEach(() => assert.deepEqual(world.made(), {}));

  /** Runs with other settings, which are taken back afterwards. */
  const withSettings = async <T>(
    stack: string,
    edit: (file: string) => void,
    run: () => Promise<T>,
  ): Promise<T> => {
    const file = world.stackFile(stack);
    copyFileSync(file, `${file}.kept`);
    edit(file);
    try {
      return await run();
    } finally {
      renameSync(`${file}.kept`, file);
    }
  };
  const up = (): Promise<Answer> => world.answer(["up"]);
  const replace = (from: string | RegExp, to: string) => (file: string) => {
    const text = readFileSync(file, "utf8");
    assert.notEqual(text.replace(from, to), text, `${String(from)} is not in ${file}`);
    writeFileSync(file, text.replace(from, to));
  };

  describe("for its settings", () => {
    it("of a stack that does not exist", async () => {
      const answer = await world.answer(["up", "--stack", "prdo"]);
      assert.equal(answer.exitCode, 6);
      assert.match(
        answer.error?.message ?? "",
        /^Pulumi\.prdo\.yaml: there is no such stack; there is .*prod/,
      );
    });

    it("that are no YAML, by line", async () => {
      const answer = await withSettings("sandbox", replace("kind: droplet", "kind: [droplet"), up);
      assert.equal(answer.exitCode, 2);
      assert.match(answer.error?.message ?? "", /^Pulumi\.sandbox\.yaml: .* line \d+/);
    });

    it("with every fault at once, by path", async () => {
      const spoil = (): void => {
        world.edit("sandbox", ["platform", "domain"], "not a domain");
        world.edit("sandbox", ["platform", "region"], "sgp9");
        world.edit("sandbox", ["host", "size"], "s-1vcpu-3gb");
        world.edit("sandbox", ["host", "volumeGb"], "ten");
        world.edit("sandbox", ["odoo", "serie"], "19.0");
      };
      const answer = await withSettings("sandbox", spoil, up);
      assert.equal(answer.exitCode, 2);
      const message = answer.error?.message ?? "";
      assert.match(message, /^Pulumi\.sandbox\.yaml has 5 faults:/);
      for (const path of ["platform.domain", "platform.region", "host.size", "host.volumeGb", "odoo.serie"])
        assert.match(message, new RegExp(`^ {2}${path}: `, "m"));
      assert.match(message, /odoo\.serie: is no setting; did you mean "series"\?/);
    });

    it("with a secret inside a section", async () => {
      const { stdout } = await world.pulumi(["config", "--stack", "sandbox", "--json"]);
      assert.match(stdout, /webhookSecret/);
      const secure = /odooAdminPassword:\n\s+secure: (\S+)/.exec(
        readFileSync(world.stackFile("sandbox"), "utf8"),
      );
      const hide = (): void => world.edit("sandbox", ["mail", "password"], { secure: secure?.[1] });
      const answer = await withSettings("sandbox", hide, up);
      assert.equal(answer.exitCode, 2);
      assert.match(
        answer.error?.message ?? "",
        /^ {2}mail: holds a secret; a secret is a flat key of its own/m,
      );
    });

    it("with a secret in plain text, which is not repeated", async () => {
      const plain = `plain-${"y".repeat(20)}`;
      const answer = await withSettings(
        "sandbox",
        replace(/(webhookSecret):\n\s+secure: \S+/, `$1: ${plain}`),
        up,
      );
      assert.equal(answer.exitCode, 2);
      assert.match(answer.error?.message ?? "", /^ {2}webhookSecret: stands there in plain text/m);
      assert.ok(!JSON.stringify(answer).includes(plain));
    });
  });

  describe("for its credentials", () => {
    it("without the passphrase of its secrets", async () => {
      const { PULUMI_CONFIG_PASSPHRASE_FILE: _, ...without } = env;
      const answer = await world.answer(["up", "--stack", "prod", "--yes"], without);
      assert.equal(answer.exitCode, 3);
      assert.match(answer.error?.message ?? "", /^PULUMI_CONFIG_PASSPHRASE: is not set/);
    });

    for (const [vendor, token] of Object.entries({
      digitalocean: "DIGITALOCEAN_TOKEN",
      github: "GITHUB_TOKEN",
    } as const)) {
      it(`with a token that has expired at ${vendor}`, async () => {
        await world.break({ name: "expired-token", vendor: vendor as "digitalocean" | "github" });
        const answer = await up();
        await world.mend();
        assert.equal(answer.exitCode, 3);
        assert.match(answer.error?.message ?? "", new RegExp(`^${token}: .* does not accept it`));
        assert.match(answer.error?.hint ?? "", /make a new one/);
      });
    }
  });

  describe("for the production policies", () => {
    const prod = async (path: [string, ...string[]], value: unknown): Promise<string> => {
      const edit = (): void => world.edit("prod", path, value);
      const run = () => world.answer(["up", "--stack", "prod", "--yes"], env);
      const answer = await withSettings("prod", edit, run);
      assert.equal(answer.exitCode, 5);
      assert.match(answer.error?.message ?? "", /^prod breaks (a policy|2 policies); nothing was changed:/);
      return answer.error?.message.split("\n").slice(1).join("\n") ?? "";
    };

    it("of a price over its budget", async () => {
      const violation = await prod(["budget", "usdPerMonth"], 15);
      assert.match(violation, /production\/budget .*19.*15.*Fix: /s);
    });

    it("of backups that are kept too short", async () => {
      const violation = await prod(["backups", "retentionDays"], 7);
      assert.match(
        violation,
        /production\/backups \(odoo-prod\).*kept 7 days.*Fix: set backups.retentionDays to 30/s,
      );
    });

    it("of backups that are never tried", async () => {
      const violation = await prod(["backups", "drill"], "never");
      assert.match(
        violation,
        /production\/backups \(odoo-prod\).*no drill.*Fix: set backups.drill to monthly/s,
      );
    });
  });

  describe("for want of a yes", () => {
    it("where there is no terminal to ask at", async () => {
      const answer = await world.answer(["up", "--stack", "prod"], env);
      assert.equal(answer.exitCode, 2);
      assert.equal(answer.error?.hint, "Add --yes.");
    });

    it("by a no", async () => {
      const questions: string[] = [];
      const no = (question: string) => Promise.resolve((questions.push(question), "n"));
      await assert.rejects(
        world.inProcess("up", "prod", {}, no, env),
        (error: UserError) => error.exit === "cancelled",
      );
      assert.deepEqual(questions, ["Change prod? [y/N]"]);
    });
  });

  // The limit falls into different moments: before the engine runs, while it starts, and in the middle of its work.
  for (const seconds of [0.5, 1.5, 2.5]) {
    it(`when it takes longer than ${seconds} s, which is all that TIMEOUT allows`, async () => {
      const answer = await world.answer(["up"], { TIMEOUT: String(seconds) });
      assert.equal(answer.exitCode, 9);
      const message = new RegExp(
        `^not done after ${seconds} s, at "[A-Z].*"; TIMEOUT=${seconds * 2} gives it longer$`,
      );
      assert.match(answer.error?.message ?? "", message);
    });
  }

  it("when another update has begun, naming who, what and since when", async () => {
    const runs = world.logs().length;
    const first = world.spawn(["up"]);
    await world.until(() => world.logs().length > runs);
    const second = await up();
    first.child.kill("SIGINT");
    assert.equal((await first.ended).code, 8);
    assert.equal(second.exitCode, 13);
    assert.match(
      second.error?.message ?? "",
      /^sandbox: \S+@\S+ is running "platform up" since \d{4}-\S+ \(process \d+\)$/,
    );
  });
});

describe("a sandbox whose port is taken", () => {
  it("says which, and how to take others", async () => {
    const world = new World();
    const server = createServer();
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const { port } = server.address() as AddressInfo;
    try {
      const answer = await world.answer(["sandbox", "up"], { PLATFORM_SANDBOX_PORT: String(port) });
      assert.equal(answer.exitCode, 2);
      assert.match(answer.error?.message ?? "", new RegExp(`^port ${port} on 127\\.0\\.0\\.1 is in use`));
      assert.match(answer.error?.hint ?? "", /PLATFORM_SANDBOX_PORT/);
    } finally {
      server.close();
      await world.remove();
    }
  });
});
