import assert from "node:assert/strict";
import { odooSeries } from "../../../catalog/odoo-series.ts";
import { series } from "../../../policies/manifest/series.ts";
import { compliant, said, stack } from "./compliant.ts";

const file = "config/addons_manifest.oca_ipai.json";

describe("manifest/series", () => {
  it("lets repositories of the stack's series through", () => {
    assert.deepEqual(said(series, compliant().addons), []);
  });

  for (const supported of odooSeries)
    it(`lets a whole manifest of ${supported} through on a stack of ${supported}`, () => {
      const { addons, queue, own, queueJob, queueTest, ipaiBase } = compliant();
      queue.series = own.series = supported;
      for (const module of [queueJob, queueTest, ipaiBase])
        module.version = module.version.replace("19.0", supported);
      assert.deepEqual(said(series, addons, { ...stack, series: supported }), []);
    });

  it("refuses a manifest of 19.0 on a stack that runs 18.0", () => {
    const { addons } = compliant();
    assert.deepEqual(said(series, addons, { ...stack, series: "18.0" }), [
      `${file}: repositories: queue and 1 more are of 19.0, but the stack runs 18.0. Fix: take their 18.0, or set odoo.series to "19.0"`,
    ]);
  });

  it("refuses repositories of two series, also without a stack", () => {
    const { addons, own, ipaiBase } = compliant();
    own.series = "18.0";
    ipaiBase.version = "18.0.1.0.0";
    const found = series.find(addons, undefined).map(({ path, fault }) => `${path}: ${fault}`);
    assert.deepEqual(found, [`${file}: repositories: own is of 18.0, but queue is of 19.0`]);
  });

  it("refuses a series that nobody supports", () => {
    const { addons, own, ipaiBase } = compliant();
    own.series = "15.0";
    ipaiBase.version = "15.0.1.0.0";
    assert.deepEqual(said(series, addons), [
      `${file}: own.series: "15.0" is no series that is supported. Fix: write one of 16.0, 17.0, 18.0, 19.0`,
    ]);
  });

  it("refuses a module of another series than its repository's", () => {
    const { addons, queueJob } = compliant();
    queueJob.version = "18.0.3.1.1";
    assert.deepEqual(said(series, addons), [
      `${file}: queue.queue_job.version: 18.0.3.1.1 is not of 19.0. Fix: take a version that begins with 19.0`,
    ]);
  });

  for (const version of ["19.0.*", "19.0", "19.0.1.0", "1.0.0", "19.0.1.0.0.dev3", ">=19.0.1.0.0", ""])
    it(`refuses "${version}" as a version`, () => {
      const { addons, queueJob } = compliant();
      queueJob.version = version;
      assert.deepEqual(said(series, addons), [
        `${file}: queue.queue_job.version: "${version}" is no exact version. Fix: write 19.0.x.y.z, and nothing but digits`,
      ]);
    });

  it("refuses a wheel's numbering for a module from git", () => {
    const { addons, ipaiBase } = compliant();
    ipaiBase.version = "19.0.1.0.0.7";
    assert.deepEqual(said(series, addons), [
      `${file}: own.ipai_base.version: "19.0.1.0.0.7" is no exact version. Fix: write 19.0.x.y.z, and nothing but digits`,
    ]);
  });
});
