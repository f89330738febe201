import assert from "node:assert/strict";
import { closedPorts } from "../../../policies/production/closed-ports.ts";
import { judge, type Resource, unknown, violations } from "../framework.ts";
import { droplet, firewall } from "./compliant.ts";

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
