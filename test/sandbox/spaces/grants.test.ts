import assert from "node:assert/strict";
import { mayDo } from "../../../sandbox/spaces/grants.ts";
import type { Grant } from "../../../sandbox/spaces/grants.ts";

const all: Grant[] = [{ bucket: "", permission: "fullaccess" }];
const write: Grant[] = [{ bucket: "b", permission: "readwrite" }];
const read: Grant[] = [{ bucket: "b", permission: "read" }];

/** `METHOD bucket/key?query` */
function may(grants: Grant[], request: string, copySource?: string): boolean {
  const [, method = "", bucket = "", key = "", query = ""] =
    /^(\S+) ([^/?]*)\/?([^?]*)\??(.*)$/.exec(request) ?? [];
  return mayDo(grants, method, { bucket, key, query: new URLSearchParams(query) }, copySource);
}

describe("the grants of a Spaces key", () => {
  for (const [request, byRead, byWrite] of [
    ["GET b/a", true, true],
    ["HEAD b", true, true],
    ["GET b?list-type=2&prefix=a", true, true],
    ["GET b?location=", true, true],
    ["PUT b/a", false, true],
    ["POST b/a?uploads=", false, true],
    ["DELETE b/a", false, true],
    ["POST b?delete=", false, true],
    ["PUT b", false, false],
    ["DELETE b", false, false],
    ["GET b?policy=", false, false],
    ["PUT b?lifecycle=", false, false],
    ["PUT b?versioning=", false, false],
    ["GET other/a", false, false],
    ["GET ", false, false],
  ] as const)
    it(`say of ${request}: read ${byRead}, readwrite ${byWrite}, full access true`, () => {
      assert.deepEqual(
        [may(read, request), may(write, request), may(all, request), may([], request)],
        [byRead, byWrite, true, false],
      );
    });

  it("cover the source of a copy too", () => {
    const both: Grant[] = [...write, { bucket: "source", permission: "read" }];
    assert.equal(may(write, "PUT b/a", "/source/a"), false);
    assert.equal(may(both, "PUT b/a", "/source/a"), true);
    assert.equal(may(both, "PUT b/a", "source%2Fa?versionId=1"), true);
  });
});
