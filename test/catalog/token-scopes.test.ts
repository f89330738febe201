import assert from "node:assert/strict";
import { digitaloceanScopes } from "../../catalog/token-scopes.ts";
import { operations } from "../../sandbox/digitalocean/app.ts";
import { Cloud } from "../../sandbox/digitalocean/cloud.ts";
import { memoryWorld } from "../../sandbox/world.ts";

const families = (scopes: string[]): string => {
  const names = scopes.map((scope) => scope.split(":")[0] ?? "");
  return [...new Set(names)].toSorted().join(" ");
};
const onDroplet = { host: "droplet", managedDatabase: true, ownsZone: true } as const;
const onApp = { ...onDroplet, host: "app" } as const;

describe("the least scopes of a DigitalOcean token", () => {
  it("of a droplet are about machine, disk, network and keys", () => {
    assert.equal(
      families(digitaloceanScopes({ ...onDroplet, managedDatabase: false })),
      "account actions block_storage block_storage_action domain droplet firewall image monitoring project " +
        "regions reserved_ip sizes spaces spaces_key ssh_key tag uptime vpc",
    );
  });

  it("of an app have none of a machine", () => {
    assert.equal(
      families(digitaloceanScopes(onApp)),
      "account actions app database domain project regions sizes spaces spaces_key tag uptime",
    );
  });

  it("let only the zone's owner delete it", () => {
    assert.ok(digitaloceanScopes(onDroplet).includes("domain:delete"));
    const other = digitaloceanScopes({ ...onDroplet, ownsZone: false });
    assert.ok(!other.includes("domain:delete") && other.includes("domain:create"));
  });

  it("name each once", () => {
    const scopes = digitaloceanScopes(onDroplet);
    assert.equal(new Set(scopes).size, scopes.length);
  });

  it("are such as the vendor's operations ask for, and two that shape what they answer", () => {
    const asked = operations(new Cloud(memoryWorld())).map(({ scope }) => scope as string);
    const all = new Set([...digitaloceanScopes(onDroplet), ...digitaloceanScopes(onApp)]);
    assert.deepEqual(
      [...all].filter((scope) => !asked.includes(scope)),
      ["spaces:read", "database:view_credentials"],
    );
  });
});
