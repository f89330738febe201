import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { compare } from "../../../operations/drift/compare.ts";
import { declaredBy, factsOf } from "./sample.ts";

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
const conf = "/etc/odoo-platform/nginx/candidate/nginx.conf";
const password = "/etc/odoo-platform/secrets/postgres/password";
const adminPassword = "/etc/odoo-platform/secrets/odoo/admin-password";

const concerns = {
  nginx: [{ path: conf, text: "user www-data;\n" }],
  postgres: [{ path: password, text: "geheim", mode: "0400", owner: "10002:10002" }],
  odoo: [{ path: adminPassword, text: "auch geheim", mode: "0400", owner: "10001:10001" }],
  images: [{ path: "/run/odoo-platform/registry-credentials", text: "a:b", mode: "0400" }],
};

const probe = `file\t/usr/local/lib/odoo-platform/drift-probe\t${sha256("#!/bin/bash\necho probe\n")} 0755 root:root\t1795600000`;
const well = [
  probe,
  `file\t${conf}\t${sha256("user www-data;\n")} 0644 root:root\t1795600000`,
  `file\t${password}\t${sha256("geheim")} 0400 10002:10002\t1795600000`,
  "file\t/etc/sudoers\tas its package brings it 0440 root:root\t1795600000",
  "unit\tnginx.service\tenabled active\t",
  "container\todoo-web: image\todoo@sha256:1 sha256:2\t",
  "container\todoo-web: state\trunning\t",
  "container\todoo-web: restart\tunless-stopped\t",
  "module\tsale\tinstalled\t1795600000",
  "password\troot\tset 0123\t",
  "firewall\tinet odoo_platform input\tpolicy drop ; tcp dport 22 accept\t",
];
const declared = declaredBy(concerns, well);

/** Kind, name, what, expected, found and mend of each difference. */
const told = (facts: string[], of = declared) =>
  compare(of, factsOf(facts)).differences.map(({ kind, name, what, expected, found }) => [
    kind,
    name,
    what,
    expected,
    found,
  ]);
const changed = (from: string, to: string): string[] => well.map((line) => line.replace(from, to));
const without = (part: string): string[] => well.filter((line) => !line.includes(part));

describe("a machine compared with what it is meant to be", () => {
  it("is as declared, and all of it is counted", () => {
    assert.deepEqual(compare(declared, factsOf(well)), { facts: well.length, differences: [] });
  });

  it("shows a file that was edited by its digest, since when, and who brings it again", () => {
    const edited = sha256("user root;\n");
    const [one] = compare(
      declared,
      factsOf(
        changed(sha256("user www-data;\n"), edited).map((line) => line.replace("1795600000", "1795610000")),
      ),
    ).differences;
    assert.deepEqual(one, {
      where: "machine",
      kind: "file",
      name: conf,
      what: "changed",
      property: null,
      expected: `${sha256("user www-data;\n").slice(0, 12)}… 0644 root:root`,
      found: `${edited.slice(0, 12)}… 0644 root:root`,
      since: new Date(1_795_610_000_000).toISOString(),
      mend: 'platform drift --fix brings "nginx" again',
      fixable: true,
      way: { concern: "nginx", mend: 'platform drift --fix brings "nginx" again' },
    });
  });

  it("tells of a secret's file that it differs, and no digest of it", () => {
    assert.deepEqual(told(changed(sha256("geheim"), sha256("erraten"))), [
      ["file", password, "changed", "its content 0400 10002:10002", "its content 0400 10002:10002"],
    ]);
    assert.deepEqual(told(changed("password\troot\tset 0123", "password\troot\tset 9999")), [
      ["password", "root", "changed", "set", "set"],
    ]);
  });

  it("holds files against what was sent, also where the inventory was taken after they were edited", () => {
    const edited = sha256("user root;\n");
    const late = changed(sha256("user www-data;\n"), edited);
    assert.deepEqual(
      told(late, declaredBy(concerns, late)).map(([kind, name]) => [kind, name]),
      [["file", conf]],
    );
  });

  it("does not miss what goes by itself", () => {
    const here = (text: string): string =>
      `file\t${adminPassword}\t${sha256(text)} 0400 10001:10001\t1795600000`;
    assert.deepEqual(told([...well, here("auch geheim")]), []);
    assert.deepEqual(told([...well, "file\t/run/odoo-platform/registry-credentials\tx\t"]), []);
  });

  it("holds Odoo's files against the slot that serves, not against a candidate that a failed release left", () => {
    const folder = "/etc/odoo-platform";
    const sent = declaredBy(
      {
        odoo: [
          { path: `${folder}/odoo/compose.yaml`, text: "services:\n" },
          { path: `${folder}/odoo/.env`, text: "TAG=1\n" },
          { path: `${folder}/secrets/odoo/odoo.conf`, text: "geheim", mode: "0400", owner: "10001:10001" },
        ],
      },
      [
        `file\t${folder}/slots/serving/.env\tabc 0644 root:root\t`,
        `file\t${folder}/odoo/.env\told 0644 root:root\t`,
      ],
    );
    const serving = (compose: string, env: string): string[] => [
      probe,
      `file\t${folder}/odoo/compose.yaml\tfailed 0644 root:root\t`,
      `file\t${folder}/odoo/.env\tfailed 0644 root:root\t`,
      `file\t${folder}/slots/serving/compose.yaml\t${sha256(compose)} 0644 root:root\t`,
      `file\t${folder}/slots/serving/.env\t${env} 0644 root:root\t`,
      `file\t${folder}/secrets/odoo-serving/odoo.conf\t${sha256("geheim")} 0400 10001:10001\t`,
    ];
    assert.deepEqual(told(serving("services:\n", "abc"), sent), []);
    const { differences } = compare(sent, factsOf(serving("other\n", "abd")));
    assert.deepEqual(
      differences.map(({ name, way }) => [name, way.concern]),
      [
        [`${folder}/slots/serving/.env`, "odoo"],
        [`${folder}/slots/serving/compose.yaml`, "odoo"],
      ],
    );
  });

  it("shows what is missing and what nobody has put", () => {
    assert.deepEqual(told(without("nginx.service")), [
      ["unit", "nginx.service", "missing", "enabled active", null],
    ]);
    assert.deepEqual(
      told([...well, "user\tmallory\t0:0 /root /bin/bash\t", "key\troot SHA256:abc\tby hand\t"]),
      [
        ["user", "mallory", "extra", null, "0:0 /root /bin/bash"],
        ["key", "root SHA256:abc", "extra", null, "by hand"],
      ],
    );
  });

  it("shows a container that is gone, or that nobody knows, once", () => {
    assert.deepEqual(told(without("odoo-web")), [
      ["container", "odoo-web", "missing", "odoo@sha256:1 sha256:2", null],
    ]);
    const miner = ["container\tminer: image\tminer:1 sha256:6\t", "container\tminer: state\trunning\t"];
    assert.deepEqual(told([...well, ...miner]), [["container", "miner", "extra", null, "miner:1 sha256:6"]]);
    assert.deepEqual(told(changed("odoo-web: state\trunning", "odoo-web: state\texited")), [
      ["container", "odoo-web: state", "changed", "running", "exited"],
    ]);
  });

  it("leaves modules to those who run Odoo, but for an update that did not end", () => {
    assert.deepEqual(told([...well, "module\tcrm\tinstalled\t1795600000"]), []);
    assert.deepEqual(told([...well, "module\tcrm\tto upgrade\t1795600000"]), [
      ["module", "crm", "extra", null, "to upgrade"],
    ]);
  });

  it("says of what cannot be told that it is not known, and not that it is gone", () => {
    const blind = [...without("container\t"), "unknown\tcontainers\tCannot connect to the Docker daemon\t"];
    assert.deepEqual(told(blind), [
      ["container", "all of it", "changed", "known", "not known: Cannot connect to the Docker daemon"],
    ]);
  });

  it("says for each whether an update mends it", () => {
    const ways = (facts: string[]) => compare(declared, factsOf(facts)).differences.map(({ way }) => way);
    const [aside] = ways([...well, "file\t/etc/odoo-platform/nginx/candidate/more.conf\tx 0644 root:root\t"]);
    assert.equal(aside?.aside, "/etc/odoo-platform/nginx/candidate/more.conf");
    for (const line of [
      "file\t/etc/sudoers.d/mallory\tx 0644 root:root\t",
      "file\t/etc/odoo-platform/host-key/other\tx 0600 root:root\t",
      "user\tmallory\t0:0 /root /bin/bash\t",
      "firewall\tinet other\tthere\t",
      "unit\tminer.service\tenabled active\t",
    ]) {
      const [way] = ways([...well, line]);
      assert.deepEqual(Object.keys(way ?? {}), ["mend"], line);
    }
    assert.equal(
      ways(changed("odoo-web: restart\tunless-stopped", "odoo-web: restart\tno"))[0]?.run,
      `docker update --restart='unless-stopped' "$(actual 'odoo-web')" >/dev/null`,
    );
    assert.equal(ways(changed("; tcp dport 22 accept", ""))[0]?.concern, "firewall-rules");
    assert.equal(ways(changed("enabled active", "disabled active"))[0]?.concern, "nginx");
  });
});
