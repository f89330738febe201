import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as pulumi from "@pulumi/pulumi";
import * as fc from "fast-check";
import { type HostConcern, hostCommand, hostScript, render } from "../../components/host-command.ts";
import { declare } from "../support/mocks.ts";

const connection = { host: "203.0.113.10", user: "root", hostKey: "ssh-ed25519 AAAA" };
const concern: HostConcern = {
  name: "nginx",
  files: [{ path: "/etc/nginx/nginx.conf", text: "worker_processes 2;\n" }],
  apply: "systemctl reload nginx\n",
};

async function declared(one: HostConcern): Promise<{ inputs: Record<string, unknown>; secret: boolean }> {
  const { resources, result } = await declare(() =>
    pulumi.isSecret(hostCommand("odoo-nginx", one, { connection, dropletId: "1001" }, {}).stdin),
  );
  return { inputs: resources[0]?.inputs ?? {}, secret: await result };
}

/** What a text is once bash has put it, with a `put` that only says what it gets. */
function arrived(text: string): { end: string; text: string } {
  const script = hostScript({ name: "x", files: [{ path: "/f", text }], variables: {}, apply: "" });
  const piece = script.slice(script.indexOf("put '/f'"), script.lastIndexOf("prune\nfirst_line="));
  const stub = 'put() { if [ "${4:-}" = exact ]; then head -c -1; else cat; fi; }\n';
  const out = execFileSync("bash", ["-s"], { input: `${stub}{\n${piece}printf THE_END\n}\n` }).toString();
  return { end: out.slice(-7), text: out.slice(0, -7) };
}

describe("a command that brings a concern to a machine", () => {
  it("says nothing in its text, and runs again for another machine", async () => {
    const { inputs } = await declared(concern);
    assert.deepEqual(
      [inputs["create"], inputs["triggers"], inputs["logging"], inputs["addPreviousOutputInEnv"]],
      ["bash -s", ["1001"], "stderr", false],
    );
  });

  it("can be read in a preview while no file of it is secret", async () => {
    const { inputs, secret } = await declared(concern);
    assert.equal(secret, false);
    assert.match(String(inputs["stdin"]), /worker_processes 2;/);
  });

  it("is secret as a whole as soon as one file is, by its mark or by where its text comes from", async () => {
    const marked = { path: "/etc/odoo-platform/secrets/a", text: "x", secret: true };
    const made = { path: "/etc/odoo-platform/secrets/a", text: pulumi.secret("x") };
    for (const file of [marked, made])
      assert.equal((await declared({ ...concern, files: [...concern.files, file] })).secret, true);
  });

  it("runs nothing of a script that was cut off anywhere", () => {
    const script = hostScript({
      name: "x",
      files: [{ path: "/f", text: "a\nb\n" }],
      variables: {},
      apply: "",
    });
    const own = `{\necho ran\nput() { cat; }\n${script.slice(script.indexOf("put '/f'"))}`;
    for (let length = 0; length < own.length - 2; length++) {
      const script = `bash -s 2>/dev/null || true`;
      const ran = execFileSync("bash", ["-c", script], { input: own.slice(0, length) }).toString();
      assert.equal(ran, "", `cut after ${length}`);
    }
  });

  it("carries any file to the letter, whatever it looks like", () => {
    for (const text of [
      "",
      "\n",
      "no end",
      "END_OF_FILE\n",
      "END_OF_FILE\nEND_OF_FILE_1",
      "$(id) `id` \\ 'x' \"y\"\r\n\n\n",
    ])
      assert.deepEqual(arrived(text), { end: "THE_END", text });
    const nasty = fc.array(
      fc.constantFrom(
        "END_OF_FILE",
        "END_OF_FILE_1",
        "\n",
        "'",
        "$x",
        "\\",
        "`",
        "\r",
        "\x01",
        "\x7f",
        "\t",
        "ü",
        "}",
        "prune",
      ),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          nasty.map((parts) => parts.join("")),
          fc.string({ unit: "grapheme" }),
        ),
        (text) => {
          fc.pre(!text.includes("\0"));
          assert.deepEqual(arrived(text), { end: "THE_END", text });
        },
      ),
      { numRuns: 60 },
    );
  });

  it("carries any variable to the letter", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (value) => {
        fc.pre(!value.includes("\0"));
        const script = hostScript({ name: "x", files: [], variables: { VALUE: value }, apply: "" });
        const line = script.slice(
          script.indexOf("variable 'VALUE'"),
          script.lastIndexOf("prune\nfirst_line="),
        );
        const input = `variable() { printf %s "$2"; }\n${line}\n`;
        assert.equal(execFileSync("bash", ["-s"], { input }).toString(), value);
      }),
      { numRuns: 40 },
    );
  });

  it("refuses a path that shell would read otherwise, and what no here-document carries", () => {
    const script = (path: string, text: string) => () =>
      hostScript({ name: "x", files: [{ path, text }], variables: {}, apply: "" });
    assert.throws(script("/etc/a b", ""), /no path that a host file can have/);
    assert.throws(script("etc/a", ""), /no path that a host file can have/);
    assert.throws(script("/etc/a", "a\0b"), /holds a NUL/);
  });
});

describe("a template of a host file", () => {
  it("is filled in as it stands, nothing escaped and no line lost", () => {
    const text = render("server_name <%= it.domain %>;\nworkers = <%= it.web.workers %>\n", {
      domain: "a&b",
      web: { workers: 3 },
    });
    assert.equal(text, "server_name a&b;\nworkers = 3\n");
  });

  it("leaves out what is not wanted, line and all", () => {
    const template = "a\n<% if (it.n8n) { -%>\nn8n\n<% } -%>\nb\n";
    assert.equal(render(template, { n8n: false }), "a\nb\n");
    assert.equal(render(template, { n8n: true }), "a\nn8n\nb\n");
  });

  it("does not write what it is not given", () => {
    assert.throws(() => render("<%= it.domian %>", { domain: "x" }), /it\.domian, which it is not given/);
    assert.throws(() => render("<%= it.web.x %>", { web: {} }), /it\.web\.x, which it is not given/);
    assert.throws(() => render("<%= it.domain %>", { domain: undefined }), /undefined, which is no text/);
    assert.throws(() => render("<%= it.list %>", { list: ["a"] }), /object, which is no text/);
  });
});
