import { Transform } from "node:stream";
import type { TransformCallback } from "node:stream";

/**
 * Takes a body out of `aws-chunked` coding: `SIZE;chunk-signature=...CRLF DATA CRLF`, ended by a chunk of size 0 and
 * trailers. Its signatures chain from the client's own, so a front that signs anew must unpack the body.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
 */
export class AwsChunkedDecoder extends Transform {
  #pending: Buffer = Buffer.alloc(0);
  /** Bytes of the current chunk still to come; -1 while its head is awaited. */
  #left = -1;
  #ended = false;

  override _transform(data: Buffer, _: BufferEncoding, done: TransformCallback): void {
    this.#pending = this.#pending.length === 0 ? data : Buffer.concat([this.#pending, data]);
    while (this.#step());
    done();
  }

  override _flush(done: TransformCallback): void {
    done(this.#ended ? null : new Error("aws-chunked body ended before its last chunk"));
  }

  /** Consumes a head or a piece of data; false when more has to come. */
  #step(): boolean {
    if (this.#ended) return false;
    if (this.#left < 0) return this.#head();
    if (this.#left > 0) {
      const piece = this.#pending.subarray(0, this.#left);
      if (piece.length === 0) return false;
      this.push(piece);
      this.#left -= piece.length;
      this.#pending = this.#pending.subarray(piece.length);
      return true;
    }
    if (this.#pending.length < 2) return false;
    this.#pending = this.#pending.subarray(2);
    this.#left = -1;
    return true;
  }

  #head(): boolean {
    const end = this.#pending.indexOf("\r\n");
    if (end < 0) return false;
    this.#left = Number.parseInt(this.#pending.toString("latin1", 0, end), 16);
    if (!Number.isSafeInteger(this.#left)) {
      this.destroy(new Error("aws-chunked body has a chunk without a size"));
      return false;
    }
    this.#pending = this.#pending.subarray(end + 2);
    this.#ended = this.#left === 0;
    return true;
  }
}
