import assert from "node:assert/strict";
import { unique } from "../../../policies/manifest/unique.ts";
import { compliant, said } from "./compliant.ts";

const file = "config/addons_manifest.oca_ipai.json";

describe("manifest/unique", () => {
  it("lets modules through that are in one place each", () => {
    assert.deepEqual(said(unique, compliant().addons), []);
  });

  it("names both repositories of a module that is in two", () => {
    const { addons, own, queueJob } = compliant();
    own.modules.push({ ...queueJob });
    assert.deepEqual(said(unique, addons), [
      `${file}: queue.queue_job: is in queue and in own. Fix: leave it in one of them`,
    ]);
  });

  it("names the folder of the checkout that has a module of the manifest, too", () => {
    const { addons } = compliant();
    const local = new Map([["addons", ["ipai_base"]]]);
    assert.deepEqual(said(unique, { ...addons, local }), [
      `${file}: own.ipai_base: is in own and in addons. Fix: leave it in one of them`,
    ]);
  });

  it("refuses a module that stands in for one of Odoo's", () => {
    const { addons, ipaiBase } = compliant();
    ipaiBase.name = "mail";
    assert.deepEqual(said(unique, addons), [
      `${file}: own.mail: stands in for the module of that name in Odoo 19.0. Fix: leave it out, or give it a name of its own`,
    ]);
  });

  it("refuses one in a folder of the checkout that does", () => {
    const { addons } = compliant();
    const local = new Map([["addons", ["web"]]]);
    assert.deepEqual(said(unique, { ...addons, local }), [
      "addons.manifest.json: addons/web: stands in for the module of that name in Odoo 19.0. Fix: leave it out, or give it a name of its own",
    ]);
  });

  it("refuses a repository that is there under two names", () => {
    const { addons, queue, own } = compliant();
    own.url = queue.url.toUpperCase();
    assert.deepEqual(said(unique, addons), [
      `${file}: own.url: HTTPS://GITHUB.COM/OCA/QUEUE is there twice. Fix: make one repository of both`,
    ]);
  });

  it("refuses two repositories by one name", () => {
    const { addons, own } = compliant();
    own.name = "queue";
    assert.deepEqual(said(unique, addons), [
      `${file}: queue: is there twice. Fix: make one repository of both`,
    ]);
  });
});
