import assert from "node:assert/strict";
import { hostKeyPinned } from "../../../policies/production/host-key-pinned.ts";
import { judge, type Resource, unknown, violations } from "../framework.ts";
import { command, droplet, hostPublicKey } from "./compliant.ts";

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
