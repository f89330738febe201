import assert from "node:assert/strict";
import sodium, { ready } from "libsodium-wrappers";
import { gitHub } from "../../../sandbox/github/app.ts";
import type { GitHubOptions } from "../../../sandbox/github/options.ts";
import type { Delivery } from "../../../sandbox/github/rows/webhooks.ts";
import { memoryWorld, type World } from "../../../sandbox/world.ts";
import { OpenApi } from "./openapi.ts";

export const token = "token-of-the-tests";

/** An organization with one private repository, two people and a team. */
export const acme = {
  token,
  owner: "acme",
  people: ["ada", "bob"],
  teams: [{ organization: "acme", name: "Release managers", members: ["bob"] }],
  repositories: [
    {
      owner: "acme",
      name: "erp",
      private: true,
      files: { ".github/workflows/ci.yml": "name: Odoo CE CI\non: [push]\njobs: {}\n" },
    },
  ],
} as const satisfies GitHubOptions;

/** An answer, whose body tests look into by path: `answer.text("commit", "sha")`. */
export class Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;

  constructor(status: number, headers: Headers, body: unknown) {
    this.status = status;
    this.headers = headers;
    this.body = body;
  }

  /** What stands at the path; undefined when nothing does. */
  value(...path: (string | number)[]): unknown {
    let value = this.body;
    for (const key of path) value = (value as Record<string | number, unknown> | null | undefined)?.[key];
    return value;
  }

  /** The string, number or boolean at the path, as text. */
  text(...path: (string | number)[]): string {
    const value = this.value(...path);
    if (typeof value === "string") return value;
    assert.ok(typeof value === "number" || typeof value === "boolean", `nothing at ${path.join(".")}`);
    return String(value);
  }
}

let description: OpenApi | undefined;
/** GitHub's description, read once for all tests. */
export const openApi = (): OpenApi => (description ??= new OpenApi());

/** A client that holds every answer of an operation against GitHub's own description of it. */
export class Client {
  readonly world: World;
  readonly app: ReturnType<typeof gitHub>;
  readonly logged: string[] = [];
  /** Operations that answered as they should, by id. */
  readonly seen = new Set<string>();

  constructor(options: Partial<GitHubOptions> = {}, parts: Partial<World> = {}) {
    this.world = memoryWorld({ log: (line) => this.logged.push(line), ...parts });
    this.app = gitHub(this.world, { ...acme, ...options });
  }

  get = (path: string, headers?: Record<string, string>) => this.send("GET", path, undefined, headers);
  post = (path: string, body?: unknown) => this.send("POST", path, body);
  put = (path: string, body?: unknown) => this.send("PUT", path, body);
  patch = (path: string, body?: unknown) => this.send("PATCH", path, body);
  delete = (path: string) => this.send("DELETE", path);

  async send(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const answer = await this.app.request(`/api/v3${path}`, {
      method,
      headers: { Authorization: `Bearer ${token}`, ...headers },
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    const parsed: unknown = text === "" ? undefined : JSON.parse(text);
    this.#check(method, path, answer.status, parsed);
    return new Answer(answer.status, answer.headers, parsed);
  }

  /** One GraphQL query, which is answered 200 whatever it finds. */
  async graphql(query: string, variables: Record<string, unknown> = {}): Promise<Answer> {
    const answer = await this.send("POST", "/../graphql", { query, variables });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    return answer;
  }

  #check(method: string, path: string, status: number, body: unknown): void {
    const byName = (path.split("?")[0] ?? "").replace(/^\/repositories\/\d+/, "/repos/by/number");
    const operation = openApi().find(method, byName);
    if (!operation || status === 501) return;
    // Not every refusal is documented, nor are its `errors` always as documented, but all have this form.
    if (status >= 400) {
      const { message, documentation_url, status: said } = body as Record<string, unknown>;
      assert.ok(typeof message === "string" && typeof documentation_url === "string", JSON.stringify(body));
      return assert.equal(said, String(status));
    }
    assert.deepEqual(openApi().faults(operation, status, body), [], JSON.stringify(body));
    this.seen.add(operation.operationId);
  }
}

/** A client that is refused nothing. */
export class SuccessfulClient extends Client {
  override async send(...request: Parameters<Client["send"]>): Promise<Answer> {
    const answer = await super.send(...request);
    assert.ok(answer.status < 400, `${request[0]} ${request[1]}: ${JSON.stringify(answer.body)}`);
    return answer;
  }
}

/** What a client sends to set a secret, as the official plugin and `gh` make it. `place` is the path before `/secrets`. */
export async function sealed(client: Client, place: string, value: string) {
  await ready;
  const key = await client.get(`${place}/secrets/public-key`);
  const bytes = sodium.crypto_box_seal(Buffer.from(value), Buffer.from(key.text("key"), "base64"));
  return { encrypted_value: Buffer.from(bytes).toString("base64"), key_id: key.text("key_id") };
}

/** A webhook's deliveries, newest first, once there are so many: they go out in the background. */
export async function delivered(client: Client, hookPath: string, count: number): Promise<Delivery[]> {
  for (;;) {
    const rows = (await client.get(`${hookPath}/deliveries`)).body as Delivery[];
    if (rows.length >= count) return rows;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
