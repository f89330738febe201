import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A small server on a port of its own, for as long as the suite runs; `address` is its origin. */
export function httpServer(
  answer: (request: { method: string; path: string; authorization: string | undefined }) => {
    status: number;
    body?: unknown;
    headers?: Record<string, string>;
  },
): { address: () => string; asked: string[] } {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const { method = "", url: path = "" } = request;
    asked.push(`${method} ${path}`);
    const {
      status,
      body = {},
      headers = {},
    } = answer({
      method,
      path,
      authorization: request.headers.authorization,
    });
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(JSON.stringify(body));
  });
  before((done) => void server.listen(0, "127.0.0.1", done));
  after((done) => {
    server.close(done);
    server.closeAllConnections();
  });
  return { address: () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}
