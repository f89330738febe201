import assert from "node:assert/strict";
import { FirstContact } from "../../components/first-contact.ts";
import { HostBase, type HostBaseArgs, firewallConcern, swapMb } from "../../components/host-base.ts";
import { authority } from "../settings/sample.ts";
import { type Declared, declare } from "../support/mocks.ts";

const args: HostBaseArgs = {
  machine: { connection: { host: "203.0.113.10", hostKey: "ssh-ed25519 AAAA" }, dropletId: "1001" },
  size: { memoryMb: 2048 },
  volume: { name: "odoo-test-data", sizeGb: 10 },
  mailCaught: true,
  trustedCertificates: [],
};

async function commands(more: Partial<HostBaseArgs> = {}): Promise<Map<string, string>> {
  const { resources } = await declare(() => new HostBase("odoo-test", { ...args, ...more }));
  return new Map(resources.map(({ name, inputs }) => [name, String(inputs["stdin"])]));
}

describe("what a Debian becomes before Odoo", () => {
  it("is a command for each concern, in this order", async () => {
    assert.deepEqual(
      [...(await commands()).keys()],
      [
        "odoo-test",
        "odoo-test-base",
        "odoo-test-firewall-rules",
        "odoo-test-volume-mount",
        "odoo-test-docker",
      ],
    );
  });

  it("mounts the volume by the vendor's name, and runs again when it grows", async () => {
    const [small, grown] = [await commands(), await commands({ volume: { ...args.volume, sizeGb: 20 } })];
    assert.match(
      small.get("odoo-test-volume-mount") ?? "",
      /^What=\/dev\/disk\/by-id\/scsi-0DO_Volume_odoo-test-data$/m,
    );
    const changed = [...small].filter(([name, text]) => grown.get(name) !== text).map(([name]) => name);
    assert.deepEqual(changed, ["odoo-test-volume-mount"]);
  });

  it("trusts the settings' authorities, and Docker hears of it", async () => {
    const docker = (await commands({ trustedCertificates: [authority] })).get("odoo-test-docker") ?? "";
    assert.match(
      docker,
      /^put '\/usr\/local\/share\/ca-certificates\/odoo-platform-[0-9a-f]{16}\.crt' '0644'/m,
    );
    assert.match(docker, /^variable 'TRUSTED' '[0-9a-f]{64}'$/m);
    assert.match((await commands()).get("odoo-test-docker") ?? "", /^variable 'TRUSTED' ''$/m);
  });

  it("has as much swap as memory, and no more than 4 GB", () => {
    assert.deepEqual(
      [1024, 2048, 16_384].map((memoryMb) => swapMb({ memoryMb })),
      [1024, 2048, 4096],
    );
  });
});

describe("the machine's own firewall rules", () => {
  const rules = (mailCaught: boolean, allowedRelay?: string): string => {
    const text = firewallConcern({ mailCaught, allowedRelay }).files[0]?.text;
    assert.ok(typeof text === "string");
    return text;
  };

  it("let in what is to be reached, and keep containers from the metadata", () => {
    for (const caught of [true, false]) {
      assert.match(rules(caught), /policy drop;[^]*?tcp dport \{ 22, 80, 443 \} accept\n {2}\}/);
      assert.match(rules(caught), /chain forward[^]*?ip daddr 169\.254\.0\.0\/16 reject/);
    }
  });

  it("let no mail out where it is caught, but to the relay that settings name", () => {
    assert.match(rules(true), /tcp dport \{ 25, 465, 587, 2525 \} reject/);
    assert.doesNotMatch(rules(true), /@relay/);
    assert.match(rules(true, "smtp.mailgun.org"), /tcp dport 2525 ip daddr @relay4 accept[^]*?reject with/);
    assert.doesNotMatch(rules(false), /2525/);
  });

  it("know no relay where mail leaves anyway", () => {
    const { files, variables } = firewallConcern({ mailCaught: false, allowedRelay: "smtp.mailgun.org" });
    assert.deepEqual([files.length, variables], [3, { RELAY_HOST: "" }]);
  });
});

describe("first contact with a droplet", () => {
  const contact = async () => {
    const { resources } = await declare(
      () =>
        new FirstContact("odoo-test", {
          address: "203.0.113.10",
          dropletId: "1001",
          sshPrivateKey: "private half",
          oneTimeHostKey: "ssh-ed25519 ONCE",
        }),
    );
    const of = (name: string): Declared | undefined => resources.find((one) => one.name === name);
    const hostKey = (name: string): unknown =>
      (of(name)?.inputs["connection"] as { hostKey?: string } | undefined)?.hostKey;
    return { of, hostKey };
  };

  it("knows the machine by its one-time key first, and by the machine's own from then on", async () => {
    const { hostKey } = await contact();
    assert.equal(hostKey("odoo-test-first-contact"), "ssh-ed25519 ONCE");
    assert.match(String(hostKey("odoo-test-host-key")), /^ssh-ed25519 AAAAB+$/);
  });

  it("dials until a slow boot is over, and meets another droplet anew", async () => {
    const { of } = await contact();
    const { connection, triggers } = of("odoo-test-first-contact")?.inputs ?? {};
    assert.equal((connection as { dialErrorLimit?: number }).dialErrorLimit, 100);
    assert.deepEqual(triggers, ["1001"]);
  });
});
