import assert from "node:assert/strict";
import { companionImage, imagesConcern } from "../../components/images.ts";
import { imageReference } from "../../components/release.ts";
import { filesOf } from "../support/concern.ts";

const release = { registry: "registry.example.com", repository: "acme/odoo", tag: "19.0" };

describe("an image's reference", () => {
  it("is by digest, and by tag as long as none is known", () => {
    const digest = `sha256:${"0".repeat(64)}`;
    assert.equal(imageReference(release), "registry.example.com/acme/odoo:19.0");
    assert.equal(imageReference({ ...release, digest }), `registry.example.com/acme/odoo@${digest}`);
  });

  it("stands beside the release's for what else runs", () => {
    assert.equal(companionImage(release, "postgres"), "registry.example.com/acme/odoo-postgres:17");
  });
});

describe("the images of a machine", () => {
  it("are asked for once each", () => {
    const { variables } = imagesConcern({ images: ["a", "b", "a"], registry: "r" });
    assert.equal(variables?.["IMAGES"], "a b");
  });

  it("come with credentials that touch no disk, and none where images are public", async () => {
    const files = await filesOf(imagesConcern({ images: [], registry: "r", credentials: "me:token" }));
    const credentials = files.get("/run/odoo-platform/registry-credentials");
    assert.deepEqual([credentials?.secret, credentials?.mode], [true, "0400"]);
    assert.equal((await filesOf(imagesConcern({ images: [], registry: "r" }))).size, 1);
  });
});
