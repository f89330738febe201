import assert from "node:assert/strict";
import { parseTag, readPayload } from "../../../operations/deploy/target.ts";
import { projectFolder } from "../../support/project-folder.ts";
import { refusalOf } from "../../support/user-error.ts";

describe("what --release and --dispatch say", () => {
  const project = projectFolder();
  const digest = `sha256:${"a".repeat(64)}`;

  it("is a tag, or a tag that must have a digest", () => {
    assert.deepEqual(parseTag("19.0.1"), { tag: "19.0.1" });
    assert.deepEqual(parseTag(`19.0.1@${digest}`), { tag: "19.0.1", digest });
  });

  for (const wrong of ["", ".19", "19.0.1@sha256:short", "owner/odoo:19.0", "19 0", "a".repeat(129)])
    it(`is not "${wrong.slice(0, 20)}"`, async () =>
      assert.equal((await refusalOf(() => parseTag(wrong))).exit, "badInput"));

  it("is a payload in a file; one that is none is not shown", async () => {
    project.write("payload.json", '{"image_tag":"19.1"}');
    assert.deepEqual(await readPayload(`${project.path()}/payload.json`), { image_tag: "19.1" });
    project.write("payload.json", "secret-text");
    const { exit, message } = await refusalOf(() => readPayload(`${project.path()}/payload.json`));
    assert.equal(exit, "badInput");
    assert.match(message, /holds no JSON/);
    assert.doesNotMatch(message, /secret-text/);
    assert.match((await refusalOf(() => readPayload("/nowhere"))).message, /cannot be read/);
  });
});
