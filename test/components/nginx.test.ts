import assert from "node:assert/strict";
import { nginxConcern } from "../../components/nginx.ts";
import { filesOf, textOf } from "../support/concern.ts";

const args = { domain: "erp.example.com", n8nDomain: "n8n.example.com", vcpus: 2, requestSeconds: 240 };
const folder = "/etc/odoo-platform/nginx/candidate";
const file = async (name: string, changes: Partial<Parameters<typeof nginxConcern>[0]> = {}) =>
  textOf(await filesOf(nginxConcern({ ...args, ...changes })), `${folder}/${name}`);

describe("nginx on the droplet", () => {
  it("answers to its own names alone", async () => {
    assert.match(await file("names.conf"), /server_name erp\.example\.com n8n\.example\.com;/);
    assert.match(await file("names.conf"), /ssl_reject_handshake on;/);
  });

  it("has n8n's name only where there is n8n, and the same files either way", async () => {
    assert.match(await file("n8n.conf"), /server_name n8n\.example\.com;/);
    assert.equal(await file("n8n.conf", { n8nDomain: undefined }), "# n8n is off.\n");
    const without = nginxConcern({ ...args, n8nDomain: undefined });
    assert.equal(without.files.length, nginxConcern(args).files.length);
    assert.equal(without.variables.NGINX_NAMES, "erp.example.com");
  });

  it("waits for Odoo as long as Odoo lets a request run", async () => {
    assert.match(await file("odoo.conf", { requestSeconds: 99 }), /proxy_read_timeout 99s;/);
  });

  it("holds no tag of a template any more", async () => {
    for (const [path, { text }] of await filesOf(nginxConcern(args)))
      assert.doesNotMatch(text, /<%|%>/, path);
  });

  it("keeps the security headers in every block that adds a header of its own", async () => {
    for (const [path, { text }] of await filesOf(nginxConcern(args)))
      for (const block of text.split(/^\s*(?:location|server)\b/m).slice(1)) {
        const own = block.slice(0, block.indexOf("\n}") + 1 || undefined);
        if (own.includes("add_header")) assert.match(own, /include security-headers\.conf;/, path);
      }
  });

  it("includes only files that it brings", async () => {
    const files = await filesOf(nginxConcern(args));
    for (const [path, { text }] of files)
      for (const [, name] of text.matchAll(/^\s*include ([\w-]+\.conf);/gm))
        assert.ok(files.has(`${folder}/${name}`), `${path} includes ${name}`);
  });
});
