import assert from "node:assert/strict";
import * as fc from "fast-check";
import { readClaim, signedHeaders, verify } from "../../../sandbox/spaces/signature.ts";
import type { Signable } from "../../../sandbox/spaces/signature.ts";
import { S3Error } from "../../../sandbox/spaces/errors.ts";

const key = { accessKey: "AK", secretKey: ["not", "so", "secret"].join("-") };
const now = new Date("2026-11-21T08:00:00Z");

function signed(fields: Partial<Signable> = {}): Signable {
  const request: Signable = {
    method: "GET",
    path: "/a%20b/c",
    query: new URLSearchParams("prefix=a/b&marker="),
    headers: { host: "bucket.sgp1.spaces.test", "x-amz-meta-a": " two   spaces " },
    ...fields,
  };
  return { ...request, headers: signedHeaders(request, key, "UNSIGNED-PAYLOAD", now) };
}

const check = (request: Signable, at = now, secret = key.secretKey): void => {
  const claim = readClaim(request);
  assert.ok(claim);
  verify(request, claim, secret, at);
};
const code = (expected: string) => (error: unknown) => error instanceof S3Error && error.code === expected;

describe("the signature of a Spaces request", () => {
  it("is the one that AWS publishes for its example", () => {
    // https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html, "GET Object", whose key is public.
    const secret = ["wJalrXUtnFEMI", "K7MDENG", "bPxRfiCYEXAMPLEKEY"].join("/");
    const empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    const request: Signable = {
      method: "GET",
      path: "/test.txt",
      query: new URLSearchParams(),
      headers: {
        host: "examplebucket.s3.amazonaws.com",
        range: "bytes=0-9",
        "x-amz-content-sha256": empty,
        "x-amz-date": "20130524T000000Z",
        authorization:
          "AWS4-HMAC-SHA256 Credential=EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
      },
    };
    check(request, new Date("2013-05-24T00:05:00Z"), secret);
    assert.throws(
      () => check(request, new Date("2013-05-24T00:20:00Z"), secret),
      code("RequestTimeTooSkewed"),
    );
  });

  it("is the one that AWS publishes for a presigned URL, until that expires", () => {
    // https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
    const secret = ["wJalrXUtnFEMI", "K7MDENG", "bPxRfiCYEXAMPLEKEY"].join("/");
    const id = ["AKIA", "IOSFODNN7", "EXAMPLE"].join("");
    const query = new URLSearchParams({
      "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
      "X-Amz-Credential": `${id}/20130524/us-east-1/s3/aws4_request`,
      "X-Amz-Date": "20130524T000000Z",
      "X-Amz-Expires": "86400",
      "X-Amz-SignedHeaders": "host",
      "X-Amz-Signature": "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404",
    });
    const headers = { host: "examplebucket.s3.amazonaws.com" };
    const request: Signable = { method: "GET", path: "/test.txt", query, headers };
    check(request, new Date("2013-05-24T23:59:00Z"), secret);
    assert.throws(() => check(request, new Date("2013-05-25T00:01:00Z"), secret), code("AccessDenied"));
  });

  it("holds for what was signed and for nothing else", () => {
    const request = signed();
    check(request);
    assert.throws(() => check(request, now, "another"), code("SignatureDoesNotMatch"));
    for (const changed of [
      { method: "DELETE" },
      { path: "/a%20b/d" },
      { query: new URLSearchParams("prefix=a/c&marker=") },
      { headers: { ...request.headers, "x-amz-meta-a": "three" } },
    ])
      assert.throws(() => check({ ...request, ...changed }), code("SignatureDoesNotMatch"));
  });

  it("does not depend on what a client left unencoded, nor on the order of its query", () => {
    const request = signed({ path: "/a%20b(1)%2Bc*" });
    check({ ...request, path: "/a%20b%281%29+c%2A", query: new URLSearchParams("marker=&prefix=a%2Fb") });
  });

  it("holds for any path and query that one can think of", () => {
    const part = fc.string({ minLength: 1, unit: "grapheme" }).map(encodeURIComponent);
    fc.assert(
      fc.property(fc.array(part), fc.dictionary(fc.string(), fc.string()), (parts, query) => {
        check(signed({ path: `/${parts.join("/")}`, query: new URLSearchParams(query) }));
      }),
    );
  });

  it("is missing from an anonymous request and must be whole in any other", () => {
    assert.equal(readClaim({ ...signed(), headers: { host: "h" } }), undefined);
    for (const authorization of ["Bearer x", "AWS4-HMAC-SHA256 Credential=AK/x", "AWS AK:sig"])
      assert.throws(
        () => readClaim({ ...signed(), headers: { authorization } }),
        code("AuthorizationHeaderMalformed"),
      );
  });
});
