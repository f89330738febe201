import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

/** An HTTP API of a few lines, which remembers what was asked of it. */
export interface Vendor {
  readonly url: string;
  /** `METHOD /path`, in the order of arrival. */
  readonly asked: string[];
  /** The body of the last such request. */
  body(request: string): unknown;
  close(): Promise<void>;
}

/** What is answered to `METHOD /path`; a function is asked each time. No answer for a request is 501. */
export type Answers = Record<string, Answer | ((body: unknown) => Answer)>;

export interface Answer {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
}

export async function vendor(answers: Answers): Promise<Vendor> {
  const asked: string[] = [];
  const bodies = new Map<string, unknown>();
  const reply = async (request: IncomingMessage): Promise<Answer> => {
    const name = `${request.method} ${request.url}`;
    const text = (await buffer(request)).toString();
    asked.push(name);
    bodies.set(name, text === "" ? undefined : JSON.parse(text));
    const answer = answers[name];
    if (!answer) return { status: 501, body: { id: "not_implemented", message: `${name} is not served` } };
    return typeof answer === "function" ? answer(bodies.get(name)) : answer;
  };
  const server = createServer((request, response) => {
    void (async () => {
      const { status = 200, headers = {}, body } = await reply(request);
      response.writeHead(status, { "content-type": "application/json", ...headers });
      response.end(body === undefined ? "" : JSON.stringify(body));
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    body: (request) => bodies.get(request),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
