import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { hostFile } from "../../components/host-command.ts";

const folder = mkdtempSync(path.join(tmpdir(), "containers-"));
after(() => rmSync(folder, { recursive: true }));

/** Runs host/ scripts under a `docker` of our own, with secrets from a folder of our own. */
function run(docker: string, script: string) {
  const secrets = path.join(folder, "secrets");
  mkdirSync(path.join(secrets, "odoo"), { recursive: true });
  writeFileSync(path.join(secrets, "odoo/pgpass"), "correct horse");
  const library = path.join(folder, "containers.sh");
  writeFileSync(library, hostFile("images/containers.sh").replaceAll("/etc/odoo-platform/secrets", secrets));
  const stubs = `set -euo pipefail
concern=odoo
say() { echo "$1"; }
fail() { echo "FAIL $1"; exit 87; }
wait_until() { shift; "$@"; }
sleep() { :; }
timeout() { shift; "$@"; }
mktemp() { command mktemp -d ${folder}/docker.XXXXXX; }
docker() { ${docker}\n}
`;
  const text = script.replaceAll("/usr/local/lib/odoo-platform/containers.sh", library);
  const { stdout, stderr, status } = spawnSync("bash", ["-s"], {
    input: `${stubs}\n${text.includes(library) ? "" : `. ${library}`}\n${text}`,
    encoding: "utf8",
    env: {
      ...process.env,
      IMAGES: "registry.example.com/odoo@sha256:1",
      IMAGE_REGISTRY: "registry.example.com",
    },
  });
  return { said: stdout + stderr, status };
}

describe("a container that does not get healthy", () => {
  it("is told with its last lines, and no secret in them", () => {
    const { said, status } = run(
      'case $1 in inspect) echo "exited unhealthy false";; logs) echo "cannot log in with correct horse"; echo "password=battery staple";; esac',
      'SECONDS=1000; healthy 0 odoo-web "look there"',
    );
    assert.equal(status, 87);
    assert.match(said, /^FAIL odoo-web does not get healthy \(exited\); look there\. Its last lines:/m);
    assert.match(said, /cannot log in with \[secret\]/);
    assert.match(said, /password=\[secret\]/);
  });

  it("is said to lack memory when the kernel ended it for that", () => {
    const { said } = run(
      'case $1 in inspect) echo "exited unhealthy true";; logs) echo bye;; esac',
      'healthy 5 odoo-web "look there"',
    );
    assert.match(said, /^FAIL odoo-web ran out of memory; take a larger size \(host\.size\)/m);
  });

  it("is no fault when it is healthy", () => {
    const { status } = run('echo "running healthy false"', 'healthy 5 odoo-web "look there"');
    assert.equal(status, 0);
  });
});

describe("pulling an image", () => {
  const pulling = (answer: string): string =>
    run(
      `case $1 in pull) echo "${answer}" >&2; return 1;; image) return 1;; *) :;; esac`,
      hostFile("images/apply.sh"),
    ).said;

  for (const [what, answer, said] of [
    [
      "that this machine may not have",
      "denied: requested access",
      /does not let this machine have .*registryCredentials/,
    ],
    [
      "that is not there",
      "manifest unknown: manifest unknown",
      /there is no registry\.example\.com\/odoo@sha256:1; push it/,
    ],
    [
      "from a registry that is down",
      "dial tcp: connection refused",
      /registry\.example\.com does not answer as a registry does/,
    ],
    ["onto a full disk", "write: no space left on device", /the machine's disk is full/],
  ] as const)
    it(`${what} says so, and the way out`, () => {
      assert.match(pulling(answer), said);
    });

  it("does not ask the registry for a digest that is there", () => {
    const { said, status } = run(
      "case $1 in pull | login) echo asked; return 1;; *) :;; esac",
      hostFile("images/apply.sh"),
    );
    assert.equal(status, 0);
    assert.doesNotMatch(said, /asked/);
  });

  it("goes on with a tag that is there while the registry is down", () => {
    const { said, status } = run(
      'case $1 in pull) echo "dial tcp: connection refused"; return 1;; *) :;; esac',
      `IMAGES=registry.example.com/odoo:19.0\n${hostFile("images/apply.sh")}`,
    );
    assert.equal(status, 0);
    assert.match(said, /could not be asked for again, what is here stays/);
  });
});
