import assert from "node:assert/strict";
import { certificateConcern } from "../../components/certificate.ts";
import { filesOf, textOf } from "../support/concern.ts";

const args = {
  domains: ["erp.example.com", "n8n.example.com"],
  directory: "https://acme.example.com/dir",
  contact: "o'brien@example.com",
  address: "203.0.113.10",
};
const settings = async (changes: Partial<typeof args> = {}): Promise<string> =>
  textOf(
    await filesOf(certificateConcern({ ...args, ...changes })),
    "/etc/odoo-platform/certificate/settings",
  );

describe("the certificate's settings on the machine", () => {
  it("are a name and a value on each line, whatever is in the value", async () => {
    assert.deepEqual((await settings()).trimEnd().split("\n"), [
      "names erp.example.com n8n.example.com",
      "directory https://acme.example.com/dir",
      "contact o'brien@example.com",
      "address 203.0.113.10",
      "wait 300",
    ]);
  });

  it("say when the machine trusts an authority of the settings' own", async () => {});

  it("come with scripts that can be run, and a timer that looks twice a day", async () => {
    const files = await filesOf(certificateConcern(args));
    for (const name of ["certificate", "serve-certificate"])
      assert.equal(files.get(`/usr/local/lib/odoo-platform/${name}`)?.mode, "0755");
    const timer = textOf(files, "/etc/systemd/system/odoo-platform-certificate.timer");
    assert.match(timer, /OnCalendar=\*-\*-\* 00,12:00:00\n(#.*\n)?RandomizedDelaySec=/);
  });
});
