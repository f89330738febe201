import assert from "node:assert/strict";
import { type N8nArgs, n8nConcern } from "../../components/services.ts";
import { filesOf, textOf } from "../support/concern.ts";

const n8n: N8nArgs = {
  domain: "n8n.example.com",
  image: "registry.example.com/n8n:2",
  memoryMb: 400,
  encryptionKey: "a key",
  timeZone: "Asia/Singapore",
};

describe("n8n beside Odoo", () => {
  it("keeps its key in a file of its own user, and nowhere else", async () => {
    const files = await filesOf(n8nConcern(n8n));
    const key = files.get("/etc/odoo-platform/secrets/n8n/encryption-key");
    assert.deepEqual([key?.text, key?.mode, key?.owner, key?.secret], ["a key", "0400", "10004:10004", true]);
    for (const [path, { text }] of files) assert.equal(text.includes("a key"), path === key?.path, path);
  });

  it("leaves a part of its bound to what is not its heap", async () => {
    assert.match(
      textOf(await filesOf(n8nConcern(n8n)), "/etc/odoo-platform/n8n/.env"),
      /^N8N_MEMORY_MB=400\nN8N_HEAP_MB=280$/m,
    );
  });

  it("begins anew when its key changes", async () => {
    const env = async (encryptionKey: string) =>
      textOf(await filesOf(n8nConcern({ ...n8n, encryptionKey })), "/etc/odoo-platform/n8n/.env");
    assert.notEqual(await env("a key"), await env("another"));
  });

  it("is taken away when it is off", () => {
    assert.deepEqual(n8nConcern(undefined).files, []);
    assert.deepEqual(n8nConcern(undefined).variables, { N8N: "off" });
  });
});
