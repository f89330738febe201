import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { type RegistryOptions, findImage, tagsOf } from "../../operations/registry.ts";
import { httpServer } from "../support/http-server.ts";
import { refusalOf } from "../support/user-error.ts";

const sha = "0123456789abcdef0123456789abcdef01234567";
const image = { registry: "ghcr.io", repository: "owner/odoo", tag: "19.0" };
const basic = `Basic ${Buffer.from("user:right").toString("base64")}`;

describe("looking an image up in its registry", () => {
  let answers: Record<string, { status: number; body?: unknown; headers?: Record<string, string> }> = {};
  let login: "none" | "basic" | "bearer" = "none";
  const server = httpServer(({ path, authorization }) => {
    if (path.startsWith("/token"))
      return authorization === basic ? { status: 200, body: { token: "given" } } : { status: 403 };
    const wanted = { none: undefined, basic, bearer: "Bearer given" }[login];
    if (wanted !== undefined && authorization !== wanted) {
      const realm = `realm="${server.address()}/token",service="it"`;
      const challenge =
        login === "basic" ? 'Basic realm="it"' : `Bearer ${realm},scope="repository:owner/odoo:pull"`;
      return { status: 401, headers: { "www-authenticate": challenge } };
    }
    return answers[path] ?? { status: 404, body: { errors: [] } };
  });
  const options = (credentials?: string): RegistryOptions => ({
    credentials,
    signal: AbortSignal.timeout(60_000),
  });

  beforeEach(() => {
    process.env["PLATFORM_REGISTRIES"] = `other.io=http://127.0.0.1:1,ghcr.io=${server.address()}`;
    login = "none";
    server.asked.length = 0;
    answers = {
      "/v2/owner/odoo/manifests/19.0": {
        status: 200,
        body: { annotations: { "org.opencontainers.image.revision": sha } },
        headers: { "docker-content-digest": "sha256:abc" },
      },
    };
  });
  after(() => delete process.env["PLATFORM_REGISTRIES"]);

  it("tells its digest, and the commit that it was built from", async () => {
    assert.deepEqual(await findImage(image, options()), { digest: "sha256:abc", gitSha: sha });
  });

  it("reckons the digest where the registry does not tell it", async () => {
    answers["/v2/owner/odoo/manifests/19.0"] = { status: 200, body: {} };
    const digest = `sha256:${createHash("sha256").update("{}").digest("hex")}`;
    assert.deepEqual(await findImage(image, options()), { digest });
  });

  it("finds the commit among the labels of one platform's configuration", async () => {
    answers = {
      "/v2/owner/odoo/manifests/19.0": {
        status: 200,
        body: { manifests: [{ digest: "sha256:a", platform: { architecture: "amd64" } }] },
        headers: { "docker-content-digest": "sha256:top" },
      },
      "/v2/owner/odoo/manifests/sha256:a": { status: 200, body: { config: { digest: "sha256:c" } } },
      "/v2/owner/odoo/blobs/sha256:c": {
        status: 200,
        body: { config: { Labels: { "org.opencontainers.image.revision": sha } } },
      },
    };
    assert.deepEqual(await findImage(image, options()), { digest: "sha256:top", gitSha: sha });
  });

  it("answers that there is none of that tag, and which there are", async () => {
    answers["/v2/owner/odoo/tags/list"] = { status: 200, body: { tags: ["19.0", "19.1"] } };
    assert.equal(await findImage({ ...image, tag: "20.0" }, options()), undefined);
    assert.deepEqual(await tagsOf(image, options()), ["19.0", "19.1"]);
  });

  for (const kind of ["basic", "bearer"] as const) {
    it(`logs in where it must, once (${kind})`, async () => {
      login = kind;
      assert.equal((await findImage(image, options("user:right")))?.digest, "sha256:abc");
      assert.equal(server.asked.length, kind === "basic" ? 2 : 3);
    });

    it(`says that its credentials are refused, without them (${kind})`, async () => {
      login = kind;
      const { exit, message } = await refusalOf(() => findImage(image, options("user:wrong")));
      assert.equal(exit, "notAuthenticated");
      assert.match(message, /^ghcr\.io\/owner\/odoo: the registry refuses it with registryCredentials/);
      assert.doesNotMatch(message, /wrong/);
    });
  }

  it("gives credentials to nobody else in the clear", async () => {
    process.env["PLATFORM_REGISTRIES"] = `ghcr.io=${server.address().replace("127.0.0.1", "localhost")}`;
    login = "bearer";
    assert.equal((await refusalOf(() => findImage(image, options("user:right")))).exit, "notAuthenticated");
    assert.ok(!server.asked.some((one) => one.includes("/token")));
  });

  it("says that nothing answers", async () => {
    const { exit, message } = await refusalOf(() => findImage({ ...image, registry: "other.io" }, options()));
    assert.equal(exit, "failed");
    assert.equal(message, "other.io: the registry does not answer (ECONNREFUSED)");
  });
});
