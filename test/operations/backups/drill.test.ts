import assert from "node:assert/strict";
import { drillOf, secondsFor } from "../../../operations/backups/drill.ts";
import { silentProgress } from "../../../operations/progress.ts";
import { readingAt } from "../announce/sample.ts";
import { refusalOf } from "../../support/user-error.ts";
import { list, point } from "./sample.ts";

describe("a drill's time", () => {
  it("goes by the size of what is restored, unless whoever runs it says how long", () => {
    const { database, filestore } = point();
    const points = [
      point({ database: { ...database, bytes: 8e9 }, filestore: { ...filestore, bytes: 2e9 } }),
      point({ database: { ...database, bytes: 9e9 } }),
    ];
    assert.equal(secondsFor({ list: list({ points }) }, undefined), 900 + 5000);
    assert.equal(secondsFor({ list: list({ points: [] }) }, undefined), 900);
    assert.equal(secondsFor(undefined, undefined), 900);
    assert.equal(secondsFor({ list: list({ points }) }, "60"), undefined);
  });

  it("is not begun for what is no restore point's name", async () => {
    const { signal } = new AbortController();
    const options = { point: "latest; rm -rf /", signal, progress: silentProgress() };
    const { exit, message, next } = await refusalOf(() => drillOf(readingAt(""), options));
    assert.equal(exit, "badInput");
    assert.match(message, /^--point: ".*" is no restore point; write it like 20261126-020000$/);
    assert.equal(next, "platform backup list --stack prod");
  });
});
