import { randomBytes } from "node:crypto";

interface Offer {
  bytes: Buffer;
  type: string;
  until: number;
}

const goodForMs = 60_000;

/** Bytes at addresses that nobody can guess, for a minute: where the API sends those who ask for logs and artifacts. */
export class Downloads {
  readonly #offers = new Map<string, Offer>();

  /** @returns the path of the address */
  offer(bytes: Buffer, type: string): string {
    for (const [key, { until }] of this.#offers) if (until < Date.now()) this.#offers.delete(key);
    const key = randomBytes(24).toString("base64url");
    this.#offers.set(key, { bytes, type, until: Date.now() + goodForMs });
    return `/_downloads/${key}`;
  }

  take(key: string): Response {
    const offer = this.#offers.get(key);
    if (!offer || offer.until < Date.now())
      return new Response("This address is no longer good.\n", { status: 404 });
    return new Response(new Uint8Array(offer.bytes), { headers: { "Content-Type": offer.type } });
  }
}
