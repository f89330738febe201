import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import * as fc from "fast-check";
import { AwsChunkedDecoder } from "../../../sandbox/spaces/chunked.ts";

const encode = (chunks: Uint8Array[]): Buffer =>
  Buffer.concat([
    ...chunks.flatMap((one) => [
      Buffer.from(`${one.length.toString(16)};chunk-signature=${"a".repeat(64)}\r\n`),
      one,
      Buffer.from("\r\n"),
    ]),
    Buffer.from(`0;chunk-signature=${"b".repeat(64)}\r\nx-amz-checksum-crc32:AAAA\r\n\r\n`),
  ]);

async function decode(pieces: Buffer[]): Promise<Buffer> {
  const decoder = new AwsChunkedDecoder();
  const [result] = await Promise.all([buffer(decoder), pipeline(Readable.from(pieces), decoder)]);
  return result;
}

describe("an aws-chunked body", () => {
  it("comes out as it went in, however it is cut on the way", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 })),
        fc.integer({ min: 1, max: 50 }),
        async (chunks, size) => {
          const sent = encode(chunks);
          const pieces = Array.from({ length: Math.ceil(sent.length / size) }, (_, at) =>
            sent.subarray(at * size, (at + 1) * size),
          );
          assert.deepEqual(await decode(pieces), Buffer.concat(chunks));
        },
      ),
    );
  });

  it("fails when it ends early or has no sizes", async () => {
    await assert.rejects(
      decode([encode([Buffer.from("half")]).subarray(0, 90)]),
      /ended before its last chunk/,
    );
    await assert.rejects(decode([Buffer.from("hello\r\nworld\r\n")]), /without a size/);
  });
});
