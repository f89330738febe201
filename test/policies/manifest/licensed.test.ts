import assert from "node:assert/strict";
import { licensed } from "../../../policies/manifest/licensed.ts";
import { compliant, said } from "./compliant.ts";

const file = "config/addons_manifest.oca_ipai.json";
const goesWith = "LGPL-3, GPL-2 or any later version, GPL-3, GPL-3 or any later version, AGPL-3";

describe("manifest/licensed", () => {
  it("lets AGPL-3 modules run beside Odoo's LGPL-3", () => {
    assert.deepEqual(said(licensed, compliant().addons), []);
  });

  for (const license of ["OEEL-1", "OPL-1", "Other proprietary", "GPL-2", "Other OSI approved licence", ""])
    it(`refuses "${license}"`, () => {
      const { addons, ipaiBase } = compliant();
      ipaiBase.license = license;
      assert.deepEqual(said(licensed, addons), [
        `${file}: own.ipai_base.license: "${license}" does not go with Odoo Community's LGPL-3. Fix: leave the module out; what goes with it is ${goesWith}`,
      ]);
    });

  it("refuses an LGPL-3 module that is built on an AGPL-3 one", () => {
    const { addons, ipaiBase } = compliant();
    ipaiBase.license = "LGPL-3";
    assert.deepEqual(said(licensed, addons), [
      `${file}: own.ipai_base.license: is LGPL-3, but it depends on queue_test under AGPL-3. Fix: license it under AGPL-3, or do without queue_test`,
    ]);
  });
});
