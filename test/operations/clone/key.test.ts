import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { withReadingKey } from "../../../operations/clone/key.ts";
import { refusalOf } from "../../support/user-error.ts";

interface Key {
  name: string;
  access_key: string;
  secret_key: string;
  grants: unknown;
}

describe("the key that reads a source's bucket", () => {
  let keys: Key[] = [];
  let made: Key[] = [];
  let refuses = 0;
  const server = createServer((request, response) => {
    const { method = "", url = "" } = request;
    let text = "";
    request.on("data", (data: Buffer) => (text += data.toString()));
    request.on("end", () => {
      const answer = (status: number, body: unknown): void => {
        response.writeHead(status, { "content-type": "application/json" });
        response.end(status === 204 ? "" : JSON.stringify(body));
      };
      if (method === "GET") return answer(200, { keys });
      if (method === "DELETE") {
        if (refuses > 0) return answer(403, { message: "no" });
        keys = keys.filter(({ access_key }) => !url.endsWith(access_key));
        return answer(204, {});
      }
      const wanted = JSON.parse(text) as Pick<Key, "name" | "grants">;
      if (wanted.name.includes("nobody")) return answer(403, { message: "no scope" });
      const key = { ...wanted, access_key: `KEY${made.length}`, secret_key: "made" };
      keys.push(key);
      made.push(key);
      answer(201, { key });
    });
  });
  const environment = { ...process.env };
  before((done) => void server.listen(0, "127.0.0.1", done));
  before(() => {
    process.env["DIGITALOCEAN_TOKEN"] = "for-the-test";
    process.env["DIGITALOCEAN_API_URL"] = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after((done) => {
    process.env = environment;
    server.close(done);
    server.closeAllConnections();
  });
  beforeEach(() => {
    keys = [{ name: "odoo-prod-backups", access_key: "OWN", secret_key: "", grants: [] }];
    made = [];
    refuses = 0;
  });

  const pair = { from: "prod", to: "staging" };
  const notes: string[] = [];
  const progress = {
    note: (text: string) => void notes.push(text),
    step: async () => {},
    current: "",
  } as never;
  const names = (): string[] => keys.map(({ name }) => name);

  it("may only read, and only that bucket", async () => {
    const result = await withReadingKey(pair, "the-bucket", progress, async ({ id, secret }) => {
      assert.deepEqual(names(), ["odoo-prod-backups", "odoo-clone-prod-to-staging"]);
      return [id, secret];
    });
    assert.deepEqual(result, ["KEY0", "made"]);
    assert.deepEqual(
      made.map(({ grants }) => grants),
      [[{ bucket: "the-bucket", permission: "read" }]],
    );
    assert.deepEqual(names(), ["odoo-prod-backups"]);
  });

  it("is gone also when the work with it fails, which is what is told", async () => {
    const work = withReadingKey(pair, "b", progress, async () => {
      throw new Error("the work failed");
    });
    await assert.rejects(work, /the work failed/);
    assert.deepEqual(names(), ["odoo-prod-backups"]);
  });

  it("of a run that was killed is taken away by the next one", async () => {
    keys.push({ name: "odoo-clone-prod-to-staging", access_key: "LEFT", secret_key: "", grants: [] });
    keys.push({ name: "odoo-clone-prod-to-qa", access_key: "OTHER", secret_key: "", grants: [] });
    await withReadingKey(pair, "b", progress, async () => {});
    assert.deepEqual(names(), ["odoo-prod-backups", "odoo-clone-prod-to-qa"]);
  });

  it("that cannot be deleted is named, with the way out", async () => {
    const error = await refusalOf(() =>
      withReadingKey(pair, "b", progress, async () => {
        refuses = 1;
      }),
    );
    assert.match(error.message, /^the key KEY0, which reads the source's backups, was not deleted \(403\)$/);
    assert.match(error.hint ?? "", /Delete it at/);
  });

  it("that is not made names the scopes that it takes", async () => {
    const error = await refusalOf(() =>
      withReadingKey({ from: "nobody", to: "staging" }, "b", progress, async () => {}),
    );
    assert.match(error.message, /^nobody: no key was made that reads its backups \(403 no scope\)$/);
    assert.match(error.hint ?? "", /spaces_key/);
  });
});
