import assert from "node:assert/strict";
import { pinned } from "../../../policies/manifest/pinned.ts";
import { compliant, said } from "./compliant.ts";

const file = "config/addons_manifest.oca_ipai.json";

describe("manifest/pinned", () => {
  it("lets wheels with a hash and repositories with a commit through", () => {
    assert.deepEqual(said(pinned, compliant().addons), []);
  });

  it("asks for the hash of a wheel that has none", () => {
    const { addons, queueJob } = compliant();
    queueJob.source = { kind: "wheel", distribution: "odoo-addon-queue_job" };
    assert.deepEqual(said(pinned, addons), [
      `${file}: queue.queue_job.source.sha256: is missing. Fix: run tools/manifest/refresh.py`,
    ]);
  });

  it("refuses a hash that is cut short", () => {
    const { addons, queueJob } = compliant();
    queueJob.source = { kind: "wheel", distribution: "odoo-addon-queue_job", sha256: "c3c3" };
    assert.deepEqual(said(pinned, addons), [
      `${file}: queue.queue_job.source.sha256: is no sha256 of 64 hexadecimal digits. Fix: run tools/manifest/refresh.py`,
    ]);
  });

  it("refuses the wheel of another module, and takes the index's other spelling", () => {
    const { addons, queueJob, queueTest } = compliant();
    queueJob.source = { ...queueJob.source, kind: "wheel", distribution: "odoo-addon-queue-job" };
    queueTest.source = { ...queueTest.source, kind: "wheel", distribution: "odoo-addon-queue_tset" };
    assert.deepEqual(said(pinned, addons), [
      `${file}: queue.queue_test.source.distribution: "odoo-addon-queue_tset" is another module's wheel. Fix: write odoo-addon-queue_test`,
    ]);
  });

  it("refuses a branch where a commit belongs", () => {
    const { addons, queue } = compliant();
    queue.commit = "19.0";
    assert.deepEqual(said(pinned, addons), [
      `${file}: queue.commit: "19.0" is no commit of 40 hexadecimal digits; a branch or tag moves. Fix: run tools/manifest/refresh.py`,
    ]);
  });

  it("asks for the commit of a repository that has none", () => {
    const { addons, own } = compliant();
    delete own.commit;
    assert.deepEqual(said(pinned, addons), [
      `${file}: own.commit: is missing. Fix: run tools/manifest/refresh.py`,
    ]);
  });

  it("lets a commit of another series stand for wheels, and refuses it where modules come from it", () => {
    const { addons, queue, own } = compliant();
    queue.commitSeries = "18.0";
    own.commitSeries = "18.0";
    assert.deepEqual(said(pinned, addons), [
      `${file}: own.commit: is on 18.0, and modules are installed from it. Fix: take a commit of the branch 19.0 and leave commitSeries out`,
    ]);
  });

  it("refuses an address that is not encrypted", () => {
    const { addons, queue } = compliant();
    queue.url = "git@github.com:OCA/queue.git";
    assert.deepEqual(said(pinned, addons), [
      `${file}: queue.url: is no https address of a repository. Fix: write it as https://github.com/OWNER/NAME`,
    ]);
  });
});
