import assert from "node:assert/strict";
import { backups } from "../../../policies/production/backups.ts";
import { branchProtection } from "../../../policies/production/branch-protection.ts";
import { budget } from "../../../policies/production/budget.ts";
import { closedPorts } from "../../../policies/production/closed-ports.ts";
import { dataProtected } from "../../../policies/production/data-protected.ts";
import { hostKeyPinned } from "../../../policies/production/host-key-pinned.ts";
import { mailCaught } from "../../../policies/production/mail-caught.ts";
import { rules } from "../../../policies/production/rules.ts";
import { tls } from "../../../policies/production/tls.ts";
import { judge, type Resource, unknown, violations } from "../framework.ts";
import {
  bucket,
  command,
  droplet,
  firewall,
  hostPublicKey,
  platform,
  ruleset,
  stack,
  volume,
} from "./compliant.ts";

const platformName = "odoo-prod (odoo-platform:index:OdooPlatform)";
const off = (environment: string): Record<string, unknown> => ({ platform: { environment } });

describe("the production pack", () => {
  it("lets a stack through that breaks nothing, and a stack of something else", async () => {
    assert.deepEqual(await judge(rules, ...stack()), []);
    assert.deepEqual(
      await judge(rules, { type: "github:index/issueLabel:IssueLabel", props: { name: "x" } }),
      [],
    );
  });

  it("names each rule after its file", () => {
    assert.deepEqual(
      rules.map(({ name }) => name),
      [
        "backups",
        "branch-protection",
        "budget",
        "closed-ports",
        "data-protected",
        "host-key-pinned",
        "mail-caught",
        "tls",
      ].map((name) => `production/${name}`),
    );
  });

  it("answers for inputs of every wrong type with a violation or with nothing, never with a crash", async () => {
    for (const wrong of [null, 0, "x", true, [], {}, [null], [[]], ["x"], [{ x: 1 }]]) {
      for (const one of stack()) {
        for (const key of Object.keys(one.props)) {
          await judge(rules, { ...one, props: { ...one.props, [key]: wrong } });
          await judge(rules, {
            ...one,
            props: { ...one.props, [key]: { [key]: wrong, hostKey: wrong, refName: wrong } },
          });
        }
      }
    }
  });
});

describe("production/budget", () => {
  const judged = (...resources: Resource[]): Promise<string[]> => violations([budget], ...resources);
  const fix = "Fix: take smaller sizes, or raise budget.usdPerMonth";

  it("lets a stack through at its budget", async () => {
    assert.deepEqual(
      await judged(platform({ budget: { usdPerMonth: 18 } }), droplet(), volume(), bucket()),
      [],
    );
  });

  it("refuses one above it, and shows the bill", async () => {
    assert.deepEqual(
      await judged(platform(), droplet({ size: "s-2vcpu-4gb" }), volume({ size: 50 }), bucket()),
      [
        `${platformName}: it costs 34.00 USD a month, over the budget of 20.00: droplet 24.00 (s-2vcpu-4gb), ` +
          `volume 5.00 (50 GB), backups 5.00 (subscription). ${fix}`,
      ],
    );
  });

  it("adds the budgets of several platforms in one stack", async () => {
    const second = { ...platform(), name: "odoo-two" };
    const twoDroplets = [droplet(), { ...droplet(), name: "two" }];
    assert.deepEqual(await judged(platform(), second, ...twoDroplets), []);
    assert.equal((await judged(platform(), ...twoDroplets)).length, 1);
  });

  it("refuses a part whose price nobody knows, also because its size is not known yet", async () => {
    for (const size of ["s-128vcpu-9tb", unknown, 7]) {
      assert.deepEqual(await judged(platform(), droplet({ size })), [
        `${platformName}: the price of digitalocean:index/droplet:Droplet droplet is not known. ` +
          "Fix: take a size that the catalog has",
      ]);
    }
  });

  it("refuses a budget that is none", async () => {
    for (const wrong of [{}, { usdPerMonth: "20" }, undefined]) {
      assert.deepEqual(await judged(platform(wrong ? { budget: wrong } : { budget: null })), [
        `${platformName}: no budget is set. Fix: set budget.usdPerMonth to a number`,
      ]);
    }
  });
});

describe("production/closed-ports", () => {
  const judged = (...resources: Resource[]): Promise<string[]> => violations([closedPorts], ...resources);
  const fix = "Fix: list the networks that need it (host.adminNetworks), or close it";
  const says = (what: string, where: string): string[] => [
    `firewall (digitalocean:index/firewall:Firewall): ${what} is open to the world (${where}). ${fix}`,
  ];
  const rule = (protocol: string, portRange: unknown, ...sourceAddresses: string[]): unknown => ({
    protocol,
    ...(portRange === undefined ? {} : { portRange }),
    sourceAddresses,
  });

  it("lets 80 and 443 through for all, SSH for one's own networks, and everything outbound", async () => {
    assert.deepEqual(await judged(firewall()), []);
    const own = [
      "10.0.0.0/8",
      "172.16.0.0/12",
      "192.168.0.0/16",
      "100.64.0.0/10",
      "fd00::/8",
      "2001:db8::/32",
      "198.51.100.7",
    ];
    assert.deepEqual(await judged(firewall(rule("tcp", "8069", ...own))), []);
  });

  const open: [protocol: string, port: unknown, networks: string[], says: string][] = [
    ["tcp", "22", ["0.0.0.0/0"], "tcp port 22"],
    ["tcp", "8069", ["::/0"], "tcp port 8069"],
    ["tcp", "80-443", ["0.0.0.0/0"], "tcp port 80-443"],
    ["tcp", "443-444", ["0.0.0.0/0"], "tcp port 443-444"],
    ["udp", "443", ["0.0.0.0/0"], "udp port 443"],
    ["tcp", "all", ["0.0.0.0/0"], "tcp on every port"],
    ["tcp", "0", ["0.0.0.0/0"], "tcp on every port"],
    ["tcp", "1-65535", ["0.0.0.0/0"], "tcp on every port"],
    ["icmp", undefined, ["0.0.0.0/0"], "icmp on every port"],
    ["tcp", "5432", ["0.0.0.0/1", "128.0.0.0/1"], "tcp port 5432"],
    ["tcp", "5432", ["64.0.0.0/2"], "tcp port 5432"],
    ["tcp", "5432", ["::/1", "8000::/1"], "tcp port 5432"],
    ["tcp", "5432", ["2000::/3"], "tcp port 5432"],
    ["tcp", "5432", ["10.0.0.0/1"], "tcp port 5432"],
    ["tcp", "5432", ["0.0.0.0"], "tcp port 5432"],
    ["tcp", "5432", ["203.0.113.0/24", "nonsense/x"], "tcp port 5432"],
  ];
  for (const [protocol, port, networks, what] of open) {
    it(`refuses ${what} for ${networks.join(" and ")}`, async () => {
      assert.deepEqual(
        await judged(firewall(rule(protocol, port, ...networks))),
        says(what, networks.join(", ")),
      );
    });
  }

  it("adds up sixteen small pieces that are a large part of the world together", async () => {
    const pieces = Array.from({ length: 16 }, (_, at) => `${20 + at}.0.0.0/8`);
    assert.equal((await judged(firewall(rule("tcp", "22", ...pieces)))).length, 1);
  });

  it("refuses a managed database that is open to all", async () => {
    const of = (value: string): Resource => ({
      type: "digitalocean:index/databaseFirewall:DatabaseFirewall",
      props: {
        rules: [
          { type: "ip_addr", value },
          { type: "droplet", value: "0" },
        ],
      },
    });
    assert.deepEqual(await judged(of("0.0.0.0/0")), [
      "it (digitalocean:index/databaseFirewall:DatabaseFirewall): the database is open to the world (0.0.0.0/0). " +
        fix,
    ]);
    assert.deepEqual(await judged(of("203.0.113.7")), []);
  });

  it("refuses a droplet or a managed database without any firewall", async () => {
    const cluster = { type: "digitalocean:index/databaseCluster:DatabaseCluster", name: "db", props: {} };
    assert.deepEqual(await judged(droplet(), cluster), [
      "droplet (digitalocean:index/droplet:Droplet): no firewall stands before it. Fix: declare a Firewall for it",
      "db (digitalocean:index/databaseCluster:DatabaseCluster): no firewall stands before it. Fix: declare a DatabaseFirewall for it",
    ]);
  });

  it("takes a single rule, or an address of the wrong type, at its worst", async () => {
    const single = { ...firewall(), props: { inboundRules: rule("tcp", "22", "0.0.0.0/0") } };
    assert.deepEqual(await judged(single), says("tcp port 22", "0.0.0.0/0"));
    assert.equal(
      (await judged(firewall({ protocol: "tcp", portRange: 22, sourceAddresses: [7] }))).length,
      1,
    );
  });

  it("says in a preview that it could not look at addresses that are not known yet", async () => {
    const said = await judge(
      [closedPorts],
      firewall({ protocol: "tcp", portRange: "22", sourceAddresses: unknown }),
    );
    assert.deepEqual(
      said.map(({ level }) => level),
      ["advisory"],
    );
  });
});

describe("production/data-protected", () => {
  const judged = (resource: Resource): Promise<string[]> => violations([dataProtected], resource);

  for (const kind of [
    "volume:Volume",
    "databaseCluster:DatabaseCluster",
    "databaseDb:DatabaseDb",
    "spacesBucket:SpacesBucket",
    "reservedIp:ReservedIp",
  ]) {
    it(`refuses a ${kind.split(":")[1]} that is not protected`, async () => {
      const type = `digitalocean:index/${kind}`;
      assert.deepEqual(await judged({ type, name: "data", props: {} }), [
        `data (${type}): it is not protected. Fix: declare it with the option protect: true`,
      ]);
      assert.deepEqual(await judged({ type, props: {}, protect: true }), []);
    });
  }

  it("refuses a bucket that would be destroyed with all it holds", async () => {
    for (const forceDestroy of [true, "true"]) {
      assert.deepEqual(await judged(bucket({ forceDestroy })), [
        "backups (digitalocean:index/spacesBucket:SpacesBucket): forceDestroy would delete it with all it holds. Fix: leave it out",
      ]);
    }
  });

  it("lets a droplet go unprotected, since nothing is on it that is not elsewhere", async () => {
    assert.deepEqual(await judged(droplet()), []);
  });
});

describe("production/backups", () => {
  const judged = (...resources: Resource[]): Promise<string[]> => violations([backups], ...resources);
  const settings = (more: object): Resource =>
    platform({ backups: { retentionDays: 30, drill: "monthly", ...more } });

  it("refuses fewer than 30 days, or days of the wrong type", async () => {
    const fix = "and production needs 30 days. Fix: set backups.retentionDays to 30 or more";
    assert.deepEqual(await judged(settings({ retentionDays: 29 }), bucket()), [
      `${platformName}: backups are kept 29 days, ${fix}`,
    ]);
    assert.deepEqual(await judged(settings({ retentionDays: "30" }), bucket()), [
      `${platformName}: backups are kept an unknown time, ${fix}`,
    ]);
  });

  it("refuses backups that no drill proves", async () => {
    for (const drill of ["never", true, undefined]) {
      assert.deepEqual(await judged(settings({ drill: drill ?? null }), bucket()), [
        `${platformName}: no drill proves that a backup can be restored. Fix: set backups.drill to monthly or weekly`,
      ]);
    }
  });

  it("refuses a stack without a bucket that keeps what is deleted", async () => {
    const message = `${platformName}: no bucket keeps what is deleted or overwritten. Fix: declare a SpacesBucket with versioning: { enabled: true }`;
    assert.deepEqual(await judged(platform()), [message]);
    assert.deepEqual(await judged(platform(), bucket({ versioning: { enabled: "yes" } })), [message]);
  });

  it("refuses a bucket that forgets sooner, and heeds no rule that is off", async () => {
    const rules = (rule: object): Resource => bucket({ lifecycleRules: [{ enabled: true, ...rule }] });
    const says = (days: number): string[] => [
      `backups (digitalocean:index/spacesBucket:SpacesBucket): a lifecycle rule deletes after ${days} days. Fix: let it keep 30 days at least`,
    ];
    assert.deepEqual(await judged(platform(), rules({ expiration: { days: 7 } })), says(7));
    assert.deepEqual(
      await judged(platform(), rules({ noncurrentVersionExpiration: { days: 29 } })),
      says(29),
    );
    assert.deepEqual(await judged(platform(), rules({ enabled: false, expiration: { days: 7 } })), []);
  });

  it("asks none of it of a stack that is not production", async () => {
    assert.deepEqual(
      await judged(platform({ ...off("staging"), backups: { retentionDays: 1, drill: "never" } })),
      [],
    );
  });
});

describe("production/tls", () => {
  const judged = (resource: Resource): Promise<string[]> => violations([tls], resource);
  const directory = (url: unknown, environment = "production"): Resource =>
    platform({ platform: { environment }, tls: { directory: url } });

  it("refuses a directory that is not reached by https, or is no address", async () => {
    for (const wrong of ["http://acme.example.com/directory", "https://", 443, null]) {
      assert.deepEqual(await judged(directory(wrong, "sandbox")), [
        `${platformName}: certificates do not come by https. Fix: set tls.directory to the https address of an ACME directory`,
      ]);
    }
  });

  it("refuses Let's Encrypt's staging directory in production, and there only", async () => {
    const staging = "https://acme-staging-v02.api.letsencrypt.org/directory";
    assert.deepEqual(await judged(directory(staging)), [
      `${platformName}: no browser trusts the certificates of a staging directory. Fix: set tls.directory to the directory for production`,
    ]);
    assert.deepEqual(await judged(directory(staging, "staging")), []);
  });

  it("refuses an app that may talk to its database unencrypted", async () => {
    const type = "digitalocean:index/app:App";
    const app = (...envs: unknown[]): Resource => ({
      type,
      props: { spec: { envs: [{ key: "PGHOST", value: unknown }, { key: "KEY", value: unknown }, ...envs] } },
    });
    const message = `it (${type}): the app may talk to its database unencrypted. Fix: set PGSSLMODE to require or more in spec.envs`;
    assert.deepEqual(await judged(app({ key: "PGSSLMODE", value: "require" })), []);
    assert.deepEqual(await judged(app()), [message]);
    assert.deepEqual(await judged(app({ key: "PGSSLMODE", value: "prefer" })), [message]);
    assert.deepEqual(await judged(app({ key: "PGSSLMODE", value: true })), [message]);
  });

  it("refuses a webhook that is not encrypted, or whose other end is not checked", async () => {
    const type = "github:index/repositoryWebhook:RepositoryWebhook";
    const hook = (configuration: object): Resource => ({ type, props: { configuration } });
    assert.deepEqual(await judged(hook({ url: "https://erp.example.com/hook", insecureSsl: false })), []);
    assert.deepEqual(await judged(hook({ url: "http://erp.example.com/hook" })), [
      `it (${type}): deliveries are not encrypted. Fix: set configuration.url to an https address`,
    ]);
    assert.deepEqual(await judged(hook({ url: "https://erp.example.com/hook", insecureSsl: "1" })), [
      `it (${type}): GitHub would not check whom it delivers to. Fix: set configuration.insecureSsl to false`,
    ]);
  });
});

describe("production/branch-protection", () => {
  const judged = (...resources: Resource[]): Promise<string[]> =>
    violations([branchProtection], ...resources);
  const says = (fault: string): string[] => [
    `${platformName}: branch "main" of acme/odoo-ce ${fault}. Fix: declare a BranchProtection for it with the requiredChecks of its settings`,
  ];
  const repositories = (more: object): Resource =>
    platform({
      repositories: [
        {
          owner: "acme",
          name: "odoo-ce",
          owned: true,
          branch: "main",
          requiredChecks: ["Odoo CE CI"],
          ...more,
        },
      ],
    });

  it("refuses an owned repository without protection, of another branch, or switched off", async () => {
    const conditions = (includes: string[], excludes: string[] = []) => ({
      conditions: { refName: { includes, excludes } },
    });
    const useless = [
      ruleset({ repository: "odoo-other" }),
      ruleset({ enforcement: "evaluate" }),
      ruleset(conditions(["refs/heads/other"])),
      ruleset(conditions(["~ALL"], ["refs/heads/main"])),
      ruleset({ repository: unknown }),
    ];
    assert.deepEqual(await judged(platform()), says("is not protected"));
    for (const one of useless) assert.deepEqual(await judged(platform(), one), says("is not protected"));
    assert.deepEqual(await judged(platform(), ruleset(conditions(["~ALL"]))), []);
  });

  it("refuses a protection without the required checks, by name", async () => {
    const checks = { requiredStatusChecks: { requiredChecks: [{ context: "lint" }] } };
    assert.deepEqual(await judged(platform(), ruleset({}, checks)), says('does not require "Odoo CE CI"'));
    assert.deepEqual(
      await judged(platform(), ruleset({}, { requiredStatusChecks: "all" })),
      says('does not require "Odoo CE CI"'),
    );
  });

  it("refuses force-pushes, and changes without a pull request", async () => {
    assert.deepEqual(
      await judged(platform(), ruleset({}, { nonFastForward: false })),
      says("can be force-pushed to"),
    );
    const { pullRequest: _, ...without } = ruleset().props["rules"] as Record<string, unknown>;
    assert.deepEqual(
      await judged(platform(), ruleset({ rules: without })),
      says("can be changed without a pull request"),
    );
  });

  it("takes a classic protection as well", async () => {
    const classic = (more: object = {}): Resource => ({
      type: "github:index/branchProtection:BranchProtection",
      props: {
        repositoryId: "odoo-ce",
        pattern: "main",
        requiredPullRequestReviews: [{ requiredApprovingReviewCount: 1 }],
        requiredStatusChecks: [{ contexts: ["Odoo CE CI"] }],
        ...more,
      },
    });
    assert.deepEqual(await judged(platform(), classic()), []);
    assert.deepEqual(
      await judged(platform(), classic({ allowsForcePushes: true })),
      says("can be force-pushed to"),
    );
  });

  it("asks nothing for a repository that another stack owns, or that GitHub's plan cannot protect", async () => {
    assert.deepEqual(await judged(repositories({ owned: false })), []);
    assert.deepEqual(await judged(repositories({ protectable: false })), []);
    assert.equal((await judged(repositories({ protectable: true }))).length, 1);
  });
});

describe("production/mail-caught", () => {
  const judged = (more: Record<string, unknown>): Promise<string[]> =>
    violations([mailCaught], platform(more));

  it("refuses mail that leaves off production", async () => {
    for (const environment of ["staging", "sandbox"]) {
      for (const kind of ["smtp", "mailgun"]) {
        assert.deepEqual(await judged({ ...off(environment), mail: { kind } }), [
          `${platformName}: mail leaves by ${kind} although this is ${environment}. Fix: set mail.kind to catcher`,
        ]);
      }
      assert.deepEqual(await judged({ ...off(environment), mail: { kind: "catcher" } }), []);
    }
  });

  it("takes no environment for none that may send", async () => {
    assert.deepEqual(await judged({ platform: {}, mail: { kind: "smtp" } }), [
      `${platformName}: mail leaves by smtp although this is an unnamed environment. Fix: set mail.kind to catcher`,
    ]);
  });
});

describe("production/host-key-pinned", () => {
  const judged = (resource: Resource): Promise<string[]> => violations([hostKeyPinned], resource);
  const hostKey = hostPublicKey;
  const unpinned = (where: string): string =>
    `install (command:remote:Command): ${where} takes any machine that answers. Fix: set ${where}.hostKey to the machine's public host key`;

  it("refuses a connection without a host key, or with something else in its place", async () => {
    for (const wrong of [undefined, "", "SHA256:abc", 7, true]) {
      assert.deepEqual(
        await judged(command({ host: "h", ...(wrong === undefined ? {} : { hostKey: wrong }) })),
        [unpinned("connection")],
      );
    }
  });

  it("refuses a proxy on the way without one", async () => {
    assert.deepEqual(await judged(command({ hostKey, proxy: { host: "jump" } })), [
      unpinned("connection.proxy"),
    ]);
    assert.deepEqual(await judged(command({ hostKey, proxy: { host: "jump", hostKey } })), []);
  });

  it("refuses a droplet whose host key nobody knows before the first connection", async () => {
    for (const userData of ["#cloud-config\n{}\n", "", 7]) {
      assert.deepEqual(await judged(droplet({ userData })), [
        "droplet (digitalocean:index/droplet:Droplet): its host key is not known before the first connection. " +
          "Fix: give it a host key in its user data, at ssh_keys.ed25519_private",
      ]);
    }
    assert.deepEqual(await judged(droplet({ userData: "da39a3ee5e6b4b0d3255bfef95601890afd80709" })), []);
  });

  it("asks nothing of commands on this machine, and says when a key is not known yet", async () => {
    assert.deepEqual(await judged({ type: "command:local:Command", props: { create: "true" } }), []);
    const said = await judge([hostKeyPinned], command({ host: unknown, hostKey: unknown }));
    assert.deepEqual(
      said.map(({ level }) => level),
      ["advisory"],
    );
  });
});
