import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { answerOf, runToItsEnd } from "../../../operations/backups/machine.ts";
import { nowSchema } from "../../../operations/backups/schema.ts";
import { stepsOf } from "../../../operations/backups/steps.ts";
import type { Progress } from "../../../operations/progress.ts";
import { onMachine } from "../../../operations/ssh.ts";
import { type Machine, sshMachine } from "../../sandbox/plugins/ssh-server.ts";
import { refusalOf } from "../../support/user-error.ts";
import { made } from "./sample.ts";

/** Progress that keeps what it was told: "+" a step that went well, "-" where it failed. */
function kept(): Progress & { told: string[] } {
  const told: string[] = [];
  return {
    told,
    current: "",
    note: (text) => void told.push(text),
    step: async (title, run) => {
      try {
        const result = await run(() => {});
        told.push(`+ ${title}`);
        return result;
      } catch (error) {
        told.push(`- ${title}`);
        throw error;
      }
    },
  };
}

const { signal } = new AbortController();

/** Looks again and again, for as long as a slow computer may take. */
async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 20_000;
  while (!(await isSo())) {
    assert.ok(Date.now() < end, "it did not come");
    await sleep(50);
  }
}

describe("the steps of a script on a machine", () => {
  it("end as the next is said, and the last one with the run", async () => {
    const progress = kept();
    const steps = stepsOf(progress, "Backing up prod");
    steps.say("copying the database");
    steps.say("reading it back");
    await steps.end();
    assert.deepEqual(progress.told, ["+ Backing up prod", "+ Copying the database", "+ Reading it back"]);
  });

  it("show where it failed, without throwing what whoever runs it throws", async () => {
    const progress = kept();
    const steps = stepsOf(progress, "Backing up prod");
    steps.say("copying the database");
    await steps.fail(new Error("the store answers 403"));
    assert.deepEqual(progress.told, ["+ Backing up prod", "- Copying the database"]);
  });
});

describe("what a machine answers a verb of backups", () => {
  const ran = (stdout: string, exitCode = 0, stderr = "") => ({ stdout, exitCode, stderr });

  it("is the JSON of its last line, also of a run that failed", () => {
    assert.deepEqual(answerOf("prod", ran(`noise\n${JSON.stringify(made())}\n`), nowSchema), made());
    const failed = made({ ok: false, reason: "no room", point: null });
    assert.deepEqual(answerOf("prod", ran(JSON.stringify(failed), 1), nowSchema), failed);
  });

  it("or its own words, without the line that names the process", async () => {
    const { exit, message } = await refusalOf(() =>
      answerOf("prod", ran("", 1, "odoo-platform-run 12\nbackups: no bucket\n"), nowSchema),
    );
    assert.deepEqual([exit, message], ["failed", "prod: its machine says:\n  backups: no bucket"]);
  });

  it("that somebody else is at it is told by its own exit code", async () => {
    const { exit } = await refusalOf(() =>
      answerOf("prod", ran("", 75, "backups: another run\n"), nowSchema),
    );
    assert.equal(exit, "locked");
  });

  it("that they are not set up there leads to `up`", async () => {
    const { message, next } = await refusalOf(() => answerOf("prod", ran("", 127), nowSchema));
    assert.equal(message, "prod: backups are not set up on its machine yet");
    assert.equal(next, "platform up --stack prod");
  });

  it("of another version names the field, and quotes nothing", async () => {
    const { message, hint } = await refusalOf(() =>
      answerOf("prod", ran('{"operation":"now","ok":"planted"}'), nowSchema),
    );
    assert.match(message, /^prod: its machine answers what this clone does not know \(\w+: /);
    assert.doesNotMatch(message, /planted/);
    assert.equal(hint, "Machine and clone are of different versions.");
  });
});

describe("a run on a machine", () => {
  let machine: Machine;
  before(async function () {
    if (process.platform !== "linux") this.skip();
    machine = await sshMachine();
  });
  after(() => machine?.close());

  const script = (body: string): string => `echo "odoo-platform-run $$" >&2\nexec setsid sh -c '${body}'\n`;
  const runs = async (mark: string): Promise<boolean> =>
    (await execa("ps", ["-eo", "args"])).stdout.split("\n").some((line) => line.startsWith(`sleep ${mark}`));

  it("is heard while it goes on", async () => {
    const folder = mkdtempSync(join(tmpdir(), "platform-heard-"));
    const go = join(folder, "go");
    const progress = kept();
    const steps = stepsOf(progress, "Backing up prod");
    const going = onMachine({ address: "127.0.0.1", ...machine }, { signal }, (open) =>
      runToItsEnd(
        open,
        script(
          `echo backups: copying the database >&2; for i in $(seq 200); do [ ! -e ${go} ] || break; sleep 0.1; done; echo {}`,
        ),
        steps,
        signal,
      ),
    );
    // Whatever comes, it must not wait for ever.
    await until(() => progress.told.length > 0).finally(() => writeFileSync(go, ""));
    assert.equal((await going).stdout, "{}\n");
    await steps.end();
    assert.deepEqual(progress.told, ["+ Backing up prod", "+ Copying the database"]);
    rmSync(folder, { recursive: true });
  });

  it("is ended there when the verb is stopped, has time to put things away, and is waited for", async () => {
    const mark = `33.${process.pid}`;
    const stop = new AbortController();
    const steps = stepsOf(kept(), "Backing up prod");
    const body = `trap "sleep 0.5; echo put away; exit 1" TERM; sleep ${mark} & wait`;
    const going = onMachine({ address: "127.0.0.1", ...machine }, { signal }, (open) =>
      runToItsEnd(open, script(body), steps, stop.signal),
    );
    await until(() => runs(mark));
    stop.abort(new Error("stopped"));
    const { stdout, exitCode } = await going;
    assert.deepEqual([stdout, exitCode], ["put away\n", 1]);
    assert.equal(await runs(mark), false);
    await steps.end();
  });
});
