import type { Call } from "./call.ts";
import type { Permission } from "./options.ts";

/** What goes back to the client. Without a body the answer is empty. */
export interface Answer {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** One operation of GitHub's REST API, under its `operationId`. */
export interface Operation {
  /** Method and path as in GitHub's OpenAPI file: `PUT /repos/{owner}/{repo}/labels/{name}`. */
  route: `${Method} /${string}`;
  /** What a fine-grained token must be allowed; without one every token will do, and none. */
  needs?: Permission;
  /** @throws Refusal when the answer is no */
  answer(call: Call): Answer | Promise<Answer>;
}

export type Operations = Readonly<Record<string, Operation>>;

export const ok = (body: unknown): Answer => ({ status: 200, body });
export const created = (body: unknown): Answer => ({ status: 201, body });
export const accepted = (body: unknown): Answer => ({ status: 202, body });
export const noContent: Answer = { status: 204 };
