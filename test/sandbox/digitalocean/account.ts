import assert from "node:assert/strict";
import { digitalOcean } from "../../../sandbox/digitalocean/app.ts";
import type { Settle } from "../../../sandbox/digitalocean/cloud.ts";
import type { Scope } from "../../../sandbox/digitalocean/operation.ts";
import { memoryWorld } from "../../../sandbox/world.ts";
import type { World } from "../../../sandbox/world.ts";

const token = "full-access-token";

/** An answer of the API, with its body as it comes. */
export interface Answer {
  status: number;
  headers: Headers;
  body: Json;
}
/** What a vendor answers is what these tests are about: it is read by path, with `at`, `text` and `list`. */
export type Json = Record<string, unknown>;

/** An emulated account whose clock only moves when told to. */
export class Account {
  readonly world: World;
  readonly log: string[] = [];
  #time = Date.parse("2026-11-21T08:00:00Z");
  readonly #app: ReturnType<typeof digitalOcean>;

  constructor({
    settle,
    scopedTokens = {},
    world = {},
  }: { settle?: Partial<Settle>; scopedTokens?: Record<string, Scope[]>; world?: Partial<World> } = {}) {
    this.world = memoryWorld({
      now: () => new Date(this.#time),
      log: (line) => void this.log.push(line),
      ...world,
    });
    this.#app = digitalOcean(this.world, { token, scopedTokens, ...(settle && { settle }) });
  }

  /** Lets time pass, in milliseconds; a minute is longer than anything takes. */
  wait(ms = 60_000): void {
    this.#time += ms;
  }

  /** `METHOD /path`, without `/v2`. */
  async ask(request: string, body?: unknown, as = token): Promise<Answer> {
    const [method = "GET", path = ""] = request.split(" ");
    const response = await this.#app.request(`http://127.0.0.1:80/v2${path}`, {
      method,
      headers: { authorization: `Bearer ${as}`, "content-type": "application/json" },
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: (text.startsWith("{") ? JSON.parse(text) : { text }) as Json,
    };
  }

  /** The same, expecting success; the answer's body. */
  async must(request: string, body?: unknown): Promise<Json> {
    const answer = await this.ask(request, body);
    assert.ok(answer.status < 300, `${request}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  /** The same, expecting a refusal; its status and message. */
  async refused(request: string, body?: unknown): Promise<[status: number, message: string]> {
    const { status, body: error } = await this.ask(request, body);
    assert.ok(status >= 400, `${request}: ${status}`);
    return [status, String(error["message"])];
  }

  /** A link that an answer held, followed without any token. */
  async follow(url: string): Promise<{ status: number; text: string }> {
    const response = await this.#app.request(url);
    return { status: response.status, text: await response.text() };
  }

  async droplet(fields: object = {}): Promise<Json> {
    const body = await this.must("POST /droplets", {
      name: "web",
      region: "sgp1",
      size: "s-1vcpu-2gb",
      image: "debian-13-x64",
      ...fields,
    });
    return at(body, "droplet");
  }

  /** A droplet that is up. */
  async upDroplet(fields: object = {}): Promise<Json> {
    const { id } = await this.droplet(fields);
    this.wait();
    return at(await this.must(`GET /droplets/${String(id)}`), "droplet");
  }

  async volume(fields: object = {}): Promise<Json> {
    const body = await this.must("POST /volumes", {
      name: "data",
      region: "sgp1",
      size_gigabytes: 10,
      ...fields,
    });
    return at(body, "volume");
  }
}

type Path = (string | number)[];

/** The object that stands at a path of keys. */
export const at = (body: Json, ...path: Path): Json => value(body, path) as Json;

/** The text, or the number as text. */
export const text = (body: Json, ...path: Path): string => String(value(body, path));

export const list = (body: Json, ...path: Path): Json[] => value(body, path) as Json[];

function value(body: Json, path: Path): unknown {
  const found = path.reduce<unknown>((one, key) => (one as Json | undefined)?.[key], body);
  assert.notEqual(found, undefined, `${path.join(".")} is not in ${JSON.stringify(body)}`);
  return found;
}
