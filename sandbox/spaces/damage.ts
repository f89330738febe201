import type { IncomingHttpHeaders } from "node:http";
import { Transform } from "node:stream";
import type { TransformCallback } from "node:stream";

/** What may have become of an object: one byte in its middle is another, or its second half is gone. */
export type Damage = "flipped-byte" | "truncated-object";

/**
 * An answer with an object as the store would give it after such a damage: whole by all that HTTP says, so that only a
 * checksum of the reader's own tells. What was asked for by range is damaged as if it were all there is.
 *
 * @returns undefined where there is nothing to damage
 */
export function damaged(
  kind: Damage,
  headers: IncomingHttpHeaders,
): { headers: IncomingHttpHeaders; body: Transform } | undefined {
  const middle = Math.floor(Number(headers["content-length"] ?? 0) / 2);
  if (middle === 0) return undefined;
  if (kind === "flipped-byte") return { headers, body: new Flipping(middle) };
  const range = headers["content-range"]?.replace(
    /^bytes (\d+)-\d+/,
    (_, from: string) => `bytes ${from}-${Number(from) + middle - 1}`,
  );
  return {
    headers: {
      ...headers,
      "content-length": String(middle),
      ...(range !== undefined && { "content-range": range }),
    },
    body: new Ending(middle),
  };
}

class Flipping extends Transform {
  #left: number;
  constructor(at: number) {
    super();
    this.#left = at;
  }

  override _transform(data: Buffer, _: BufferEncoding, done: TransformCallback): void {
    if (this.#left >= 0 && this.#left < data.length) {
      const copy = Buffer.from(data);
      copy.writeUInt8(copy.readUInt8(this.#left) ^ 0xff, this.#left);
      done(null, copy);
    } else done(null, data);
    this.#left -= data.length;
  }
}

class Ending extends Transform {
  #left: number;
  constructor(after: number) {
    super();
    this.#left = after;
  }

  override _transform(data: Buffer, _: BufferEncoding, done: TransformCallback): void {
    done(null, data.subarray(0, Math.max(0, this.#left)));
    this.#left -= data.length;
  }
}
