import assert from "node:assert/strict";
import type { Firewall } from "../../../sandbox/digitalocean/rows.ts";
import { type Topology, ruleset } from "../../../sandbox/machines/ruleset.ts";

const firewall = (fields: Partial<Firewall>): Firewall => ({
  id: "f",
  name: "f",
  inbound_rules: [],
  outbound_rules: [],
  droplet_ids: [7],
  tags: [],
  created_at: "",
  ...fields,
});

const topology = (fields: Partial<Topology> = {}): Topology => ({
  machines: [
    { id: 7, address: "203.0.113.10", tags: ["odoo"] },
    { id: 8, address: "203.0.113.11", tags: ["other"] },
  ],
  reserved: [{ ip: "198.51.100.10", address: "203.0.113.10" }],
  firewalls: [],
  ports: { dns: 5300, metadata: 5380, spaces: 5343 },
  ...fields,
});

/** The lines of one chain. */
const chain = (text: string, name: string): string[] =>
  (new RegExp(`chain ${name} \\{\n([^}]*)\\}`).exec(text)?.[1] ?? "")
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);

describe("the network of machines", () => {
  it("leaves a droplet open that no firewall names, as the vendor does", () => {
    const text = ruleset(topology());
    assert.ok(!text.includes("drop"));
    assert.ok(!text.includes("in_7"));
  });

  it("lets in what a rule names, from whom it names, and nothing else", () => {
    const guard = firewall({
      inbound_rules: [
        { protocol: "tcp", ports: "22", sources: { addresses: ["10.78.0.0/24"] } },
        { protocol: "tcp", ports: "443", sources: { addresses: ["0.0.0.0/0", "::/0"] } },
        { protocol: "icmp", ports: "0", sources: { tags: ["other"] } },
      ],
    });
    const text = ruleset(topology({ firewalls: [guard] }));
    assert.deepEqual(chain(text, "in_7"), [
      "ip saddr 10.78.0.0/24 tcp dport 22 accept",
      "tcp dport 443 accept",
      "ip saddr 203.0.113.11 ip protocol icmp accept",
      "drop",
    ]);
    // Without a rule nothing goes out either.
    assert.deepEqual(chain(text, "out_7"), ["drop"]);
    assert.ok(chain(text, "output").includes("oifname odoo-sandbox ip daddr 203.0.113.10 goto in_7"));
    assert.ok(!text.includes("in_8"));
  });

  it("asks both sides when one machine calls another", () => {
    const out = { protocol: "tcp" as const, ports: "0", destinations: { addresses: ["0.0.0.0/0"] } };
    const text = ruleset(
      topology({ firewalls: [firewall({ droplet_ids: [], tags: ["odoo"], outbound_rules: [out] })] }),
    );
    assert.deepEqual(chain(text, "out_7"), ["tcp dport 1-65535 return", "drop"]);
    const forward = chain(text, "forward");
    assert.ok(
      forward.indexOf("iifname odoo-sandbox ip saddr 203.0.113.10 jump out_7") <
        forward.indexOf("oifname odoo-sandbox ip daddr 203.0.113.10 goto in_7"),
    );
  });

  it("leads a reserved address to its droplet, from this computer and from machines", () => {
    const text = ruleset(topology());
    for (const name of ["prerouting", "output_nat"])
      assert.ok(chain(text, name).includes("ip daddr 198.51.100.10 dnat ip to 203.0.113.10"), name);
  });

  it("replaces the whole of itself at once", () => {
    assert.deepEqual(ruleset(topology()).split("\n").slice(0, 3), [
      "add table inet odoo_sandbox",
      "delete table inet odoo_sandbox",
      "table inet odoo_sandbox {",
    ]);
  });
});
