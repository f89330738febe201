import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { MachineDifference } from "../../../operations/drift/compare.ts";
import { planOf, readyScript } from "../../../operations/drift/fix.ts";
import type { Mend } from "../../../operations/drift/mend.ts";
import { stateWith } from "./sample.ts";

const resources = stateWith({ base: [], nginx: [], odoo: [] }, []);
const inside = (...ways: Omit<Mend, "mend">[]): MachineDifference[] =>
  ways.map((way) => ({
    where: "machine",
    kind: "file",
    name: "one",
    what: "changed",
    property: null,
    expected: null,
    found: null,
    since: null,
    mend: "",
    fixable: Object.keys(way).length > 0,
    way: { ...way, mend: "" },
  }));
const names = (urns: string[]): string[] => urns.map((urn) => urn.replace(/.*::odoo-prod-/, ""));

describe("what is done to put a machine right", () => {
  it("is to bring again each concern that has drifted, once, and to take the inventory anew", () => {
    const plan = planOf(
      { inside: inside({ concern: "nginx" }, { concern: "base" }, { concern: "nginx" }), resources },
      false,
    );
    assert.deepEqual(
      [plan.concerns, names(plan.replace)],
      [
        ["base", "nginx"],
        ["base", "nginx", "inventory"],
      ],
    );
  });

  it("is nothing, where only a person can", () => {
    assert.deepEqual(planOf({ inside: inside({}), resources }, false), {
      concerns: [],
      aside: [],
      runs: [],
      replace: [],
    });
  });

  it("brings again what ran with a file in the way", () => {
    const paths = ["/etc/ssh/sshd_config.d/99-x.conf", "/etc/systemd/system/nginx.service.d/x.conf"];
    const plan = planOf({ inside: inside(...paths.map((aside) => ({ aside }))), resources }, false);
    assert.deepEqual([plan.aside, plan.concerns], [paths, ["base", "nginx"]]);
  });

  it("is to take the inventory anew and no more, where what is there is meant", () => {
    const plan = planOf({ inside: inside({ concern: "nginx" }, { aside: "/etc/x" }), resources }, true);
    assert.deepEqual([plan.concerns, plan.aside, names(plan.replace)], [[], [], ["inventory"]]);
  });

  it("moves files aside and forgets what the concerns had put", () => {
    const folder = mkdtempSync(join(tmpdir(), "drift-fix-"));
    try {
      for (const one of ["etc/it's here", "state", "lock", "bin"])
        mkdirSync(join(folder, one), { recursive: true });
      const odd = join(folder, "etc/it's here/$(x).conf");
      writeFileSync(odd, "in the way\n");
      writeFileSync(join(folder, "state/nginx"), "file /etc/x\n");
      writeFileSync(join(folder, "state/odoo"), "file /etc/y\n");
      writeFileSync(join(folder, "state/inventory-facts"), "user\troot\n");
      writeFileSync(join(folder, "bin/systemctl"), "#!/bin/sh\n", { mode: 0o755 });
      writeFileSync(join(folder, "bin/docker"), "#!/bin/sh\nexit 1\n", { mode: 0o755 });
      writeFileSync(join(folder, "state/odoo-slot"), "green\n");
      const script = readyScript(
        { concerns: ["nginx"], aside: [odd], runs: [`echo "$(actual odoo-web)" >${folder}/ran`] },
        true,
      )
        .replaceAll("/var/lib/odoo-platform", join(folder, "state"))
        .replaceAll("/run/lock", join(folder, "lock"));
      const env = { ...process.env, PATH: `${join(folder, "bin")}:${process.env["PATH"]}` };
      execFileSync("bash", ["-s"], { input: script, env });
      assert.equal(existsSync(odd), false);
      const [at = ""] = readdirSync(join(folder, "state/set-aside"));
      assert.equal(readFileSync(join(folder, "state/set-aside", at, odd), "utf8"), "in the way\n");
      assert.equal(readFileSync(join(folder, "ran"), "utf8"), "odoo-web-green\n");
      assert.equal(readFileSync(join(folder, "state/nginx"), "utf8"), "");
      assert.equal(readFileSync(join(folder, "state/odoo"), "utf8"), "file /etc/y\n");
      assert.equal(existsSync(join(folder, "state/inventory-facts")), false);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
