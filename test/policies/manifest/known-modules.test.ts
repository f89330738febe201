import assert from "node:assert/strict";
import { knownModules } from "../../../policies/manifest/known-modules.ts";
import { compliant, said, stack } from "./compliant.ts";

describe("manifest/known-modules", () => {
  it("lets a stack install modules of the manifest and of Odoo", () => {
    assert.deepEqual(said(knownModules, compliant().addons), []);
  });

  it("names the one that nobody knows", () => {
    assert.deepEqual(said(knownModules, compliant().addons, { ...stack, modules: ["base", "qeue_job"] }), [
      "odoo.modules: qeue_job is neither in the manifest nor part of Odoo 19.0. Fix: run tools/manifest/refresh.py --add qeue_job, or take it out",
    ]);
  });

  it("cannot tell for a series without a list of its modules, and says so", () => {
    assert.deepEqual(said(knownModules, compliant().addons, { ...stack, series: "18.0" }), [
      "odoo.series: what Odoo 18.0 itself brings is not known, so its modules cannot be checked. Fix: make catalog/odoo-core/18.0.txt with tools/manifest/core-modules.sh",
    ]);
  });

  it("adds nothing while the manifests cannot be read", () => {
    const fault = { path: "addons.manifest.json", fault: "is missing", fix: "bring it back" };
    const addons = { repositories: [], mounts: [], local: new Map(), faults: [fault] };
    assert.deepEqual(said(knownModules, addons, { ...stack, modules: ["queue_job"] }), []);
  });
});
