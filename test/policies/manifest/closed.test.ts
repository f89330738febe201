import assert from "node:assert/strict";
import { closed } from "../../../policies/manifest/closed.ts";
import { compliant, said } from "./compliant.ts";

const file = "config/addons_manifest.oca_ipai.json";

describe("manifest/closed", () => {
  it("finds what modules need in the manifest and in Odoo", () => {
    assert.deepEqual(said(closed, compliant().addons), []);
  });

  it("finds it in a folder of the checkout, too", () => {
    const { addons, queueJob } = compliant();
    queueJob.depends.push("platform_ops");
    const local = new Map([["addons", ["platform_ops"]]]);
    assert.deepEqual(said(closed, { ...addons, local }), []);
  });

  it("names the module that is missing, and how to add it", () => {
    const { addons, ipaiBase } = compliant();
    ipaiBase.depends.push("component");
    assert.deepEqual(said(closed, addons), [
      `${file}: own.ipai_base.depends: component is neither in the manifest nor part of Odoo 19.0. Fix: run tools/manifest/refresh.py --add component, or leave the module out`,
    ]);
  });

  it("does not take a module of Odoo Enterprise for one of Odoo", () => {
    const { addons, ipaiBase } = compliant();
    ipaiBase.depends.push("account_accountant");
    assert.equal(said(closed, addons).length, 1);
  });

  it("says that a series without a list of its modules cannot be checked", () => {
    const { addons, queue, own } = compliant();
    queue.series = own.series = "17.0";
    assert.deepEqual(said(closed, addons), [
      `${file}: repositories: what Odoo 17.0 itself brings is not known, so nothing can be checked against it. Fix: make catalog/odoo-core/17.0.txt with tools/manifest/core-modules.sh`,
    ]);
  });
});
