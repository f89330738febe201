import assert from "node:assert/strict";
import { mounted } from "../../../policies/manifest/mounted.ts";
import { compliant, said } from "./compliant.ts";

const file = "addons.manifest.json";

describe("manifest/mounted", () => {
  it("lets repositories through that are mounted once each", () => {
    assert.deepEqual(said(mounted, compliant().addons), []);
  });

  it("names a repository that nobody mounts", () => {
    const { addons, queueMount } = compliant();
    assert.deepEqual(said(mounted, { ...addons, mounts: [queueMount] }), [
      "config/addons_manifest.oca_ipai.json: own: is not mounted, so Odoo does not find its modules. Fix: add a mount to addons.manifest.json, or take the repository out",
    ]);
  });

  it("names a mount of a repository that nobody declares", () => {
    const { addons, queue } = compliant();
    assert.deepEqual(said(mounted, { ...addons, repositories: [queue] }), [
      `${file}: oca-own.source: no repository own is declared. Fix: declare it in the manifest, or take the mount out`,
    ]);
  });

  for (const path of [
    "/mnt/extra-addons",
    "/mnt/extra-addons/../odoo",
    "/opt/odoo",
    "mnt/extra-addons/x",
    "/mnt/extra-addons/x/",
  ])
    it(`refuses ${path} as the place of a mount`, () => {
      const { addons, queueMount } = compliant();
      queueMount.path = path;
      assert.deepEqual(said(mounted, addons), [
        `${file}: oca-queue.path: ${path} is no folder below /mnt/extra-addons/. Fix: write /mnt/extra-addons/NAME`,
      ]);
    });

  it("refuses a mount that Odoo can write to", () => {
    const { addons, ownMount } = compliant();
    ownMount.readOnly = false;
    assert.deepEqual(said(mounted, addons), [
      `${file}: oca-own.readOnly: lets Odoo change its own code. Fix: set it to true`,
    ]);
  });

  it("refuses two mounts in one place", () => {
    const { addons, queueMount, ownMount } = compliant();
    ownMount.path = queueMount.path;
    assert.deepEqual(said(mounted, addons), [
      `${file}: oca-own.path: /mnt/extra-addons/oca/queue is there twice. Fix: take one of both out`,
    ]);
  });

  it("refuses a repository that is mounted twice, by another name", () => {
    const { addons, ownMount } = compliant();
    const again = { ...ownMount, name: "again", path: "/mnt/extra-addons/again" };
    assert.deepEqual(said(mounted, { ...addons, mounts: [...addons.mounts, again] }), [
      `${file}: again.source: own is there twice. Fix: take one of both out`,
    ]);
  });

  describe("a folder of this checkout", () => {
    const folder = (directory: string, local: [string, string[]][]) => {
      const { addons, ownMount } = compliant();
      const mount = {
        ...ownMount,
        name: "ours",
        path: "/mnt/extra-addons/ours",
        source: { kind: "directory" as const, directory },
      };
      return said(mounted, { ...addons, mounts: [...addons.mounts, mount], local: new Map(local) });
    };

    it("may be mounted when modules are in it", () => {
      assert.deepEqual(folder("addons", [["addons", ["platform_ops"]]]), []);
    });

    it("is missed when it is not there", () => {
      assert.deepEqual(folder("addons", []), [
        `${file}: ours.source: there is no folder addons. Fix: make it, or take the mount out`,
      ]);
    });

    it("is of no use without modules", () => {
      assert.deepEqual(folder("addons", [["addons", []]]), [
        `${file}: ours.source: no module is in addons. Fix: add one, or take the mount out`,
      ]);
    });

    for (const outside of ["/etc", "../secrets", "addons/../../secrets"])
      it(`may not be ${outside}`, () => {
        assert.deepEqual(folder(outside, [[outside, ["x"]]]), [
          `${file}: ours.source: ${outside} is not in this checkout. Fix: name a folder of it`,
        ]);
      });
  });
});
