import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Release, imageReference } from "../../components/release.ts";
import { deploy } from "../../operations/deploy.ts";
import type { Looks } from "../../operations/deploy/gate.ts";
import { finding } from "../../operations/health/check.ts";
import type { UpdateRecord } from "../../operations/overlay.ts";
import { rollback } from "../../operations/rollback.ts";
import type { Context, Outcome } from "../../operations/verb.ts";
import type { UserError } from "../../user-error.ts";
import { pushImage } from "./images.ts";
import { unseen, withLooks } from "./in-process.ts";
import { stateBucket } from "./spaces.ts";
import { World } from "./world.ts";

interface Row {
  number: number;
  release: Release;
  unhealthy: boolean;
  to: number | null;
  override: string | null;
  modules: string[] | null;
  verb: string;
}

const name = "insightpulseai/odoo-ce";
/** A stack whose last backup and drill are long ago. */
const stale: Looks = {
  ...unseen,
  unseen: () => undefined,
  proof: async () => {
    const at = "2026-01-01T02:00:00.000Z";
    return await Promise.resolve({ newest: { id: "20260101-020000", at }, provenAt: at });
  },
};
/** Where Pulumi keeps the state of a world's stacks. */
const backends = {
  "local files": async () => await Promise.resolve({}),
  "an S3 bucket": (world: World) => stateBucket(world, "platform-state"),
} satisfies Record<string, (world: World) => Promise<NodeJS.ProcessEnv>>;

/**
 * Scenes of releases and the way back, on one of the backends.
 * @param whole false without what a backend has no part in
 */
export function wayBack(where: keyof typeof backends, whole: boolean): void {
  describe(`releases and the way back, with the state in ${where}`, () => {
    const world = new World();
    let env: NodeJS.ProcessEnv;
    before(async () => {
      world.adopt("prod");
      await world.start();
      env = { ...(await world.exported()), ...(await backends[where](world)) };
      const { missing } = await world.json(["init", "--stack", "prod"], env);
      for (const key of missing as string[]) {
        const args = ["config", "set", "--secret", "--stack", "prod", `odoo-platform:${key}`];
        assert.equal((await world.pulumi(args, `by-hand-${key}`, env)).code, 0);
      }
      for (const tag of ["19.0", "19.1", "19.2"]) await pushImage(world, name, tag);
      await world.json(["up", "--stack", "prod", "--yes"], env);
    });
    after(() => world.remove());

    const verb = (run: typeof deploy, options: Context["options"], looks?: Looks): Promise<Outcome> =>
      withLooks(run, world.env(env), "prod", { yes: true, ...options }, looks);
    const history = async (): Promise<Row[]> =>
      (await world.json(["history", "--stack", "prod"], env))["updates"] as Row[];
    const serves = async (): Promise<Release> => {
      const args = ["stack", "output", "release", "--json", "--stack", "prod"];
      return JSON.parse((await world.pulumi(args, "", env)).stdout) as Release;
    };
    /** Stack and history say the same. */
    const agreed = async (tag: string): Promise<Row> => {
      const [newest] = await history();
      assert.deepEqual(newest?.release, await serves());
      assert.equal(newest?.release.tag, tag);
      return newest;
    };
    const refused = async (run: Promise<unknown>): Promise<UserError> => {
      try {
        await run;
      } catch (error) {
        return error as UserError;
      }
      throw new Error("was not refused");
    };

    it("a release wants a fresh backup in production", async () => {
      const before = await history();
      const { exit, message, next } = await refused(verb(deploy, { release: "19.1" }, stale));
      assert.equal(exit, "policyViolation");
      assert.match(
        message,
        /^prod: the newest backup is .* old, over 26 h; the last good drill was .*over 35 days/,
      );
      assert.equal(next, "platform backup now --stack prod");
      assert.deepEqual(await history(), before);
    });

    it("a deploy, a rollback, and a rollback of that", async () => {
      assert.equal((await verb(deploy, { release: "19.1" })).exit, "done");
      await agreed("19.1");
      assert.equal((await verb(rollback, {})).exit, "done");
      const back = await agreed("19.0");
      assert.deepEqual([back.verb, back.to], ["rollback", 1]);
      assert.equal((await verb(rollback, {})).exit, "done");
      assert.equal((await agreed("19.1")).to, 2);
    });

    it("a release that is not well is gone back from, and never proposed again", async () => {
      let looked = 0;
      const sick: Looks = {
        ...unseen,
        unseen: () => undefined,
        look: async () => {
          looked += 1;
          // Before; then at every look of the gate.
          const state = looked > 1 && (await serves()).tag === "19.2" ? "fail" : "ok";
          return [finding("odoo", state, `${state} at look ${looked}`)];
        },
      };
      const answer = await verb(deploy, { release: "19.2", watch: "0" }, sick);
      assert.equal(answer.exit, "failed");
      assert.match(answer.text, /19\.2 did not come: odoo: fail at look \d+\. 19\.1 serves again\./);
      await agreed("19.1");
      assert.deepEqual(
        (await history()).slice(0, 2).map(({ unhealthy }) => unhealthy),
        [false, true],
      );
      const { json } = await verb(rollback, { list: true });
      assert.ok(!(json["points"] as Row[]).some(({ release }) => release.tag === "19.2"));
    });

    it("by half is refused after a module update; with the data it goes, and can go there again", async () => {
      const machine: Looks = {
        ...unseen,
        unseen: () => undefined,
        // 19.3 is ahead of all others by one module.
        plan: async (_, { tag }) => {
          const modules = (tag === "19.3") === ((await serves()).tag === "19.3") ? [] : ["sale"];
          return {
            kind: modules.length > 0 ? "modules" : "code",
            modules,
            rehearsalSeconds: null,
            pulled: false,
          };
        },
        copies: async () => {
          const image = imageReference(served);
          return await Promise.resolve([
            { id: "copy1", madeAt: "2026-11-26T13:00:00Z", image, bytes: 1, files: 9 },
          ]);
        },
        lost: async () => {
          const tables = [{ table: "sale_order", created: 3, changed: 0, deleted: 0 }];
          return await Promise.resolve({ since: "2026-11-26T13:01:00Z", seconds: 60, tables, rows: 3 });
        },
      };
      const served = await serves();
      await pushImage(world, name, "19.3");
      const there = await verb(deploy, { release: "19.3", watch: "0" }, machine);
      assert.equal(there.exit, "done", there.text);
      assert.deepEqual((await history())[0]?.modules, ["sale"]);

      const half = await refused(verb(rollback, {}, machine));
      assert.equal(half.exit, "badInput");
      assert.match(
        half.message,
        /\(19\.3\) has updated sale in the database, and 19\.1 cannot work with that$/,
      );
      assert.match(half.hint ?? "", /copy copy1\)\. It loses 3 writes to 1 table since .*sale_order \(3 new/);
      assert.match(half.next ?? "", /^platform rollback --with-data --confirm prod/);
      const deployed = await refused(verb(deploy, { release: "19.1" }, machine));
      assert.match(deployed.next ?? "", /--with-data/);

      const unnamed = await refused(verb(rollback, { withData: true }, machine));
      assert.match(unnamed.hint ?? "", /--confirm=prod/);
      const back = await verb(rollback, { withData: true, confirm: "prod" }, machine);
      assert.equal(back.exit, "done", back.text);
      assert.match((await agreed("19.1")).release.data ?? "", /^copy1_/);

      assert.equal((await verb(rollback, {}, machine)).exit, "done");
      const again = await agreed("19.3");
      assert.deepEqual([again.modules, again.release.data], [["sale"], undefined]);
      await verb(rollback, { withData: true, confirm: "prod" }, machine);

      // They have been worked with since: what goes back by itself leaves them as they are.
      const sick = async () => {
        const state = (await serves()).tag === "19.2" ? "fail" : "ok";
        return [finding("odoo", state, state)];
      };
      const left = await verb(deploy, { release: "19.2", watch: "0" }, { ...machine, look: sick });
      assert.equal(left.exit, "failed", left.text);
      assert.equal((await agreed("19.1")).release.data, undefined);
    });

    it("brings settings back with the release; the file still says what it says", async () => {
      world.edit("prod", ["odoo", "workers"], 4);
      world.edit("prod", ["deploy", "watchMinutes"], 3);
      await world.json(["up", "--stack", "prod", "--yes"], env);
      const { json, text } = await verb(rollback, {});
      const card = json["card"] as { restored: { path: string }[]; stays: { path: string }[] };
      assert.deepEqual(
        card.restored.map(({ path }) => path),
        ["odoo.workers"],
      );
      assert.deepEqual(
        card.stays.map(({ path }) => path),
        ["deploy.watchMinutes"],
      );
      assert.match(text, /Pulumi\.prod\.yaml still says otherwise for odoo\.workers/);
      const platform = (await world.pulumi(["stack", "export", "--stack", "prod"], "", env)).stdout;
      assert.doesNotMatch(platform, /"workers": 4/);
      await agreed("19.1");
    });

    it("goes nowhere that there is not", async () => {
      const before = await history();
      for (const to of ["999", "nonsense", "0123456789abcdef0123456789abcdef01234567"])
        assert.equal((await refused(verb(rollback, { to }))).exit, "badInput", to);
      assert.deepEqual(await history(), before);
    });

    if (!whole) return;

    it("is not barred by a policy that has come since: told, passed over by a reason, and recorded", async () => {
      const { PlatformStack } = await import("../../operations/stack.ts");
      const lax = async ({ stack, signal }: Context): Promise<Outcome> => {
        const update: UpdateRecord = { verb: "up", by: "before the rule" };
        const tls = {
          contact: "ops@example.com",
          directory: "https://acme-staging-v02.api.letsencrypt.org/directory",
        };
        const overlay = { release: await serves(), update, sections: { tls } };
        const opened = await PlatformStack.open(stack);
        await opened.up({ signal, overlay, passOver: ["production/tls"] });
        return { json: {}, text: "" };
      };
      await verb(lax, {});
      const [{ number } = { number: 0 }] = await history();
      await world.json(["up", "--stack", "prod", "--yes"], env);
      const { exit, message, hint } = await refused(verb(rollback, { to: String(number) }));
      assert.equal(exit, "policyViolation");
      assert.match(message, /production\/tls .*staging directory/s);
      assert.match(hint ?? "", /--override REASON/);
      const answer = await verb(rollback, { to: String(number), override: "the new one is down" });
      assert.deepEqual([answer.exit, answer.json["policies"]], ["done", ["production/tls"]]);
      assert.equal((await history())[0]?.override, "the new one is down");
      // What the file says again, for those that come after.
      await world.json(["up", "--stack", "prod", "--yes"], env);
    });

    it("a release without a fresh backup wants a reason, which is kept; a way back wants neither", async () => {
      await pushImage(world, name, "19.4");
      const dry = await verb(deploy, { release: "19.4", dryRun: true }, stale);
      assert.match(dry.text, /Backup {4}.* old \(20260101-020000\), proven/);
      assert.match(dry.text, /without --override REASON it would be refused$/);

      const override = "the fix of the outage";
      const answer = await verb(deploy, { release: "19.4", watch: "0", override }, stale);
      assert.equal(answer.exit, "done", answer.text);
      assert.equal((await history())[0]?.override, override);
      const evidence = readFileSync(join(String(answer.json["evidence"]), "evidence.json"), "utf8");
      const { notes } = JSON.parse(evidence) as { notes: Record<string, { reason?: string; text?: string }> };
      assert.equal(notes["override"]?.reason, override);
      assert.match(notes["backups"]?.text ?? "", /20260101-020000/);

      assert.equal((await verb(rollback, {}, stale)).exit, "done");
      assert.equal((await history())[0]?.override, null);
      const fresh = await verb(deploy, { release: "19.4", watch: "0" }, { ...stale, proof: unseen.proof });
      assert.equal(fresh.exit, "done", fresh.text);
    });
  });
}
