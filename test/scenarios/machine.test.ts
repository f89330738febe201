import assert from "node:assert/strict";
import { createServer } from "node:net";
import { once } from "node:events";
import { cpSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { Load } from "../../bench/release/load.ts";
import { openSockets } from "../../bench/release/sockets.ts";
import { network } from "../../sandbox/machines/addresses.ts";
import { type Platform, ask, canRunMachines, logIn, onMachine } from "../support/machine.ts";
import { openPorts } from "../support/outsider.ts";
import { handOn, sharedStage } from "../support/shared-stage.ts";
import type { Stage } from "../support/stage.ts";
import { root } from "../../tools/paths.ts";
import { type Answer, type World, changesOf } from "../support/world.ts";

/** A port on which no mail server listens by habit: it shows that the machine reaches others at all. */
const freePort = 7025;

interface Finding {
  figure: number | null;
  name: string;
  state: string;
  detail: string;
}

/** A reboot without help is among the faults: release.test.ts has the harder one, in the middle of an update. */
describe("the sandbox, on a machine", function () {
  if (!canRunMachines()) this.pending = true;
  let stage: Stage;
  let world: World;
  let platform: Platform;
  const run = async (command: string): Promise<string> =>
    await onMachine(platform, (shell) => shell.run(command));

  before(async () => {
    stage = await sharedStage();
    ({ world, platform } = stage);
  });
  after(() => handOn(stage));

  it("serves Odoo over HTTPS, with a certificate that the world's ACME server has issued", async () => {
    const { status, body, headers } = await ask(world, platform, "/web/login");
    assert.equal(status, 200);
    assert.match(body, /name="login"/);
    assert.match(String(headers["strict-transport-security"]), /max-age=\d{8}/);
  });

  it("lets the administrator in by the password of the settings, and by no other", async () => {
    assert.equal(await logIn(world, platform, platform.secrets["odooAdminPassword"] ?? ""), "admin");
    assert.equal(await logIn(world, platform, "admin"), undefined);
  });

  it("opens the websockets of a hundred people who come back at once, as after a release", async () => {
    const target = { ...stage.target(), cookie: await Load.session(stage.target()) };
    await run("docker restart -t 1 odoo-web-$(cat /var/lib/odoo-platform/odoo-slot)");
    // It is tried again until the process for them is there.
    const first = await openSockets(target, 1);
    first.close();
    const all = await openSockets(target, 100);
    assert.equal(all.close().refused, 0);
  });

  it("can index what stands in the middle of a text, as a database that Odoo makes itself", async () => {
    const there = "SELECT count(*) FROM pg_extension WHERE extname = 'pg_trgm'";
    assert.equal(await run(`docker exec -i postgres psql -XqAt -U postgres -d odoo <<<"${there}"`), "1\n");
  });

  it("is healthy", async () => {
    const { exit, checks } = await world.answer(["health"]);
    // That nobody has made a backup yet is told by a warning.
    const sound = ({ name, state }: Finding): boolean =>
      ["ok", "off", ...(name === "backups" ? ["warn"] : [])].includes(state);
    const bad = (checks as Finding[]).filter((one) => !sound(one));
    assert.deepEqual(bad, []);
    assert.equal(exit, "done");
  });

  it("has nothing to change when it is brought up again", async () => {
    const { card, changed } = await world.json(["up"]);
    assert.deepEqual(card?.changes, []);
    assert.equal(changed, false);
  });

  it("no longer has the host key that its user data tells", async () => {
    const served = await run("ssh-keyscan -t ed25519 127.0.0.1 2>/dev/null | sed -n 's/^127.0.0.1 //p'");
    const settings = readFileSync(world.stackFile("sandbox"), "utf8");
    const oneTime = /hostPublicKey: (ssh-ed25519 \S+)/.exec(settings)?.[1];
    assert.ok(oneTime);
    assert.notEqual(served.trim(), oneTime);
    assert.equal(served.trim(), platform.hostKey.split(" ").slice(0, 2).join(" "));
    // It still stands where every process of the machine could read it, and opens nothing.
    const told = await run("curl -s http://169.254.169.254/metadata/v1/user-data");
    assert.match(told, /ssh_keys/);
  });

  it("answers its metadata to root alone", async () => {
    const url = "http://169.254.169.254/metadata/v1/id";
    const python = `import urllib.request as r; r.urlopen("${url}", timeout=3)`;
    assert.equal(
      await run(
        `docker exec odoo-web-$(cat /var/lib/odoo-platform/odoo-slot) python3 -c '${python}' 2>/dev/null && echo read || echo shut`,
      ),
      "shut\n",
    );
    assert.equal(await run(`runuser -u nobody -- curl -s -m 3 ${url} || echo shut`), "shut\n");
  });

  it("is reached on 80 and 443 by everybody, on 22 by the admin networks, and on nothing else", async () => {
    const [outside, admin] = await Promise.all([
      openPorts(platform.address, "outside"),
      openPorts(platform.address, "admin"),
    ]);
    assert.deepEqual({ outside, admin }, { outside: [80, 443], admin: [22, 80, 443] });
  });

  it("has no way out for mail but the catcher, neither the machine nor a container", async () => {
    const servers = [25, 465, 587, freePort].map((port) =>
      // Whoever only tries to connect is gone before it is greeted.
      createServer((socket) => socket.on("error", () => {}).end("220 here\r\n")).listen(
        port,
        network.gateway,
      ),
    );
    await Promise.all(servers.map((server) => once(server, "listening")));
    try {
      const reach = (port: number) =>
        `timeout 3 bash -c '</dev/tcp/${network.gateway}/${port}' 2>/dev/null && echo ${port}; true`;
      const all = [25, 465, 587, freePort].map(reach).join("\n");
      assert.equal(await run(all), `${freePort}\n`);
      assert.equal(
        await onMachine(platform, (shell) =>
          shell.run("docker exec -i odoo-web-$(cat /var/lib/odoo-platform/odoo-slot) bash", all),
        ),
        `${freePort}\n`,
      );
    } finally {
      for (const server of servers) server.close();
    }
  });

  it("catches the mail that Odoo sends", async () => {
    const program = [
      "from email.message import EmailMessage",
      "mail = EmailMessage()",
      "mail['From'], mail['To'], mail['Subject'] = 'odoo@sandbox.test', 'customer@example.com', 'Your invoice'",
      "mail.set_content('Here.')",
      "env['ir.mail_server'].send_email(mail)",
    ].join("\n");
    const odoo =
      "docker exec -i odoo-web-$(cat /var/lib/odoo-platform/odoo-slot) odoo shell -c /etc/odoo/odoo.conf -d odoo --no-http --log-level=error";
    await onMachine(platform, (shell) => shell.run(odoo, `${program}\n`));
    const { mails } = await world.json(["mail", "list"]);
    const caught = (mails as { to: unknown; subject: string }[]).map(({ to, subject }) => [
      String(to),
      subject,
    ]);
    assert.deepEqual(
      caught.filter(([to]) => to === "customer@example.com"),
      [["customer@example.com", "Your invoice"]],
    );
  });

  it("tells none of its secrets in ps, docker inspect, the journal, cloud-init's files or any file that others may read", async () => {
    const secrets = Object.entries(platform.secrets).filter(([name]) => !name.endsWith("PrivateKey"));
    assert.ok(secrets.length >= 4);
    const gathered = await run(
      [
        "ps -eww -o args",
        "docker inspect $(docker ps -aq)",
        "journalctl --no-pager -b",
        "cat /var/lib/cloud/instance/*.txt",
        // As somebody without rights.
        "runuser -u nobody -- find /etc /run /var /usr/local /opt /home /mnt -xdev -type f -readable -size -1M -exec cat {} + 2>/dev/null",
        "true",
      ].join("\n"),
    );
    assert.ok(gathered.includes("odoo-web"));
    const spilt = secrets.filter(([, value]) => gathered.includes(value)).map(([name]) => name);
    assert.deepEqual(spilt, []);
  });

  it("changes nginx alone when a line of nginx changes, and no request fails meanwhile", async () => {
    const checkout = changedCheckout(world.dir, "host/nginx/odoo.conf", (text) => `# Another line.\n${text}`);
    const answers: number[] = [];
    const stop = new AbortController();
    const load = (async () => {
      while (!stop.signal.aborted) answers.push((await ask(world, platform, "/web/login")).status);
    })();
    const { stdout } = await execa(join(checkout, "bin", "platform"), ["up", "--yes", "--json"], {
      env: world.env(),
      extendEnv: false,
    });
    stop.abort();
    await load;
    assert.deepEqual(changesOf(JSON.parse(stdout) as Answer), {
      update: ["odoo-sandbox-inventory: stdin", "odoo-sandbox-nginx: stdin"],
    });
    assert.ok(answers.length > 10);
    assert.deepEqual([...new Set(answers)], [200]);
    // And back, by the checkout that the other scenes use.
    assert.deepEqual(changesOf(await world.json(["up", "--yes"])), {
      update: ["odoo-sandbox-inventory: stdin", "odoo-sandbox-nginx: stdin"],
    });
  });

  describe("health, when something breaks", () => {
    const breaks = [
      { check: "nginx", breaking: "systemctl stop nginx", mending: "systemctl start nginx" },
      {
        check: "websocket",
        breaking: "docker pause odoo-web-$(cat /var/lib/odoo-platform/odoo-slot)",
        mending: "docker unpause odoo-web-$(cat /var/lib/odoo-platform/odoo-slot)",
      },
      {
        check: "containers",
        breaking: "docker stop -t 2 odoo-cron-$(cat /var/lib/odoo-platform/odoo-slot)",
        mending: "docker start odoo-cron-$(cat /var/lib/odoo-platform/odoo-slot)",
      },
      { check: "database", breaking: "docker stop -t 5 postgres", mending: "docker start postgres" },
      { check: "mail", breaking: "docker stop -t 2 mail-catcher", mending: "docker start mail-catcher" },
      {
        check: "volume",
        breaking:
          "fallocate -l $(($(df --output=avail -B1 /mnt/odoo-data | tail -1) * 97 / 100)) /mnt/odoo-data/full",
        mending: "rm /mnt/odoo-data/full",
      },
    ];
    for (const { check, breaking, mending } of breaks) {
      it(`is red for ${check}`, async () => {
        await run(breaking);
        try {
          const { exitCode, checks } = await world.answer(["health"]);
          assert.equal(exitCode, 11);
          assert.equal(statesOf(checks)[check], "fail");
        } finally {
          await run(mending);
        }
      });
    }

    it("warns where security updates wait for a restart", async () => {
      // A library as it is while its package is replaced: the running nginx keeps the one of before.
      const maps = "/proc/$(cat /run/nginx.pid)/maps";
      const library = (await run(`grep -om 1 '/usr/lib/[^ ]*libcrypto[^ ]*' ${maps}`)).trim();
      await run(
        `cp -a ${library} ${library}.new && mv ${library}.new ${library} && touch /run/reboot-required`,
      );
      const told = async (): Promise<unknown> => {
        const { checks } = await world.answer(["health"]);
        const updates = (checks as Finding[]).find(({ name }) => name === "updates");
        return [updates?.state, updates?.figure, updates?.detail];
      };
      assert.deepEqual(await told(), [
        "warn",
        3,
        "in force after a reboot; when it suits, on the machine: systemctl reboot",
      ]);
      await run("rm /run/reboot-required");
      assert.deepEqual(await told(), [
        "warn",
        2,
        "in force after a restart; on the machine: systemctl restart nginx ssh",
      ]);
      await run("systemctl restart nginx ssh");
      assert.deepEqual(await told(), ["ok", 0, "in force"]);
    });

    it("and green again when all is mended", async () => {
      let last: Record<string, string> = {};
      for (const began = Date.now(); Date.now() - began < 120_000; await sleep(2000)) {
        last = statesOf((await world.answer(["health"]))["checks"]);
        if (Object.values(last).every((state) => state !== "fail")) return;
      }
      assert.fail(JSON.stringify(last));
    });
  });
});

const statesOf = (checks: unknown): Record<string, string> =>
  Object.fromEntries((checks as Finding[]).map(({ name, state }) => [name, state]));

/** This checkout with one file changed; the packages are shared. */
function changedCheckout(folder: string, file: string, change: (text: string) => string): string {
  const checkout = join(folder, "checkout");
  const own = new Set(["node_modules", ".git", ".sandbox", ".platform"]);
  cpSync(root, checkout, { recursive: true, filter: (from) => !own.has(relative(root, from)) });
  symlinkSync(join(root, "node_modules"), join(checkout, "node_modules"));
  writeFileSync(join(checkout, file), change(readFileSync(join(checkout, file), "utf8")));
  return checkout;
}
