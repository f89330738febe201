import assert from "node:assert/strict";
import { coreModules } from "../../catalog/odoo-core.ts";

describe("what Odoo itself brings", () => {
  it("has the community modules of 19.0, and none of Enterprise or OCA", () => {
    const core = coreModules("19.0");
    for (const name of ["base", "web", "mail", "account", "base_sparse_field"])
      assert.ok(core?.has(name), name);
    for (const name of ["web_enterprise", "account_accountant", "queue_job"])
      assert.ok(!core?.has(name), name);
    assert.ok(core && core.size > 600);
    assert.ok([...core].every((name) => /^[a-z][a-z0-9_]*$/.test(name)));
  });

  it("does not know a series without a list, or what is none", () => {
    assert.equal(coreModules("17.0"), undefined);
    assert.equal(coreModules("../odoo-core/19.0"), undefined);
  });
});
