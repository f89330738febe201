import assert from "node:assert/strict";
import { acyclic } from "../../../policies/manifest/acyclic.ts";
import { compliant, said } from "./compliant.ts";

const file = "config/addons_manifest.oca_ipai.json";

describe("manifest/acyclic", () => {
  it("lets a chain of modules through", () => {
    assert.deepEqual(said(acyclic, compliant().addons), []);
  });

  it("shows the way round, once", () => {
    const { addons, queueJob } = compliant();
    queueJob.depends.push("ipai_base");
    assert.deepEqual(said(acyclic, addons), [
      `${file}: queue.queue_job.depends: goes in a circle: queue_job → ipai_base → queue_test → queue_job. Fix: let one of them do without the next`,
    ]);
  });

  it("shows a module that depends on itself", () => {
    const { addons, queueTest } = compliant();
    queueTest.depends.push("queue_test");
    assert.deepEqual(said(acyclic, addons), [
      `${file}: queue.queue_test.depends: goes in a circle: queue_test → queue_test. Fix: let one of them do without the next`,
    ]);
  });

  it("is quick on a wide net of modules without a circle", () => {
    const { addons, queue, queueJob } = compliant();
    const layers = Array.from({ length: 40 }, (_, layer) => [`a${layer}`, `b${layer}`]);
    queue.modules = layers.flatMap((names, layer) =>
      names.map((name) => ({ ...queueJob, name, depends: layers[layer + 1] ?? [] })),
    );
    assert.deepEqual(said(acyclic, addons), []);
  });
});
