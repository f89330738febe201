import { readFileSync } from "node:fs";
import { Agent as HttpAgent, request as httpRequest } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { performance } from "node:perf_hooks";
import { text } from "node:stream/consumers";

/**
 * Load on one address, for `bench/serve.ts`, which runs it inside the machine's network: some clients that each ask again as
 * soon as they are answered. Its order comes as JSON by standard input, because it holds a password; its figures go as JSON to standard output.
 */
export interface LoadOrder {
  /** "http://127.0.0.1:8069" or "https://127.0.0.1". */
  origin: string;
  domain: string;
  login: { user: string; password: string };
  clients: number;
  seconds: number;
}

export interface LoadFigures {
  requestsPerSecond: number;
  /** Milliseconds. */
  p50: number;
  p95: number;
  failed: number;
}

interface Asked {
  method?: string;
  path: string;
  headers?: Record<string, string>;
  body?: string;
}

const order = JSON.parse(readFileSync(0, "utf8")) as LoadOrder;
const secure = order.origin.startsWith("https:");
// What is measured is Odoo behind nginx; the certificate has a check of its own (platform health).
const agent = secure
  ? new HttpsAgent({ keepAlive: true, rejectUnauthorized: false })
  : new HttpAgent({ keepAlive: true });

async function ask({ method = "GET", path, headers = {}, body = "" }: Asked) {
  return await new Promise<{ status: number; cookie: string; body: string }>((resolve, reject) => {
    const url = new URL(path, order.origin);
    const send = secure ? httpsRequest : httpRequest;
    const asked = send(url, {
      method,
      agent,
      ...(secure ? { servername: order.domain } : {}),
      headers: { host: order.domain, "content-length": Buffer.byteLength(body), ...headers },
    });
    asked.on("error", reject);
    asked.on("response", (response) => {
      const cookie = (response.headers["set-cookie"] ?? []).map((one) => one.split(";")[0]).join("; ");
      text(response).then(
        (said) => resolve({ status: response.statusCode ?? 0, cookie, body: said }),
        reject,
      );
    });
    asked.end(body);
  });
}

async function session(): Promise<string> {
  const page = await ask({ path: "/web/login" });
  const csrf_token = /name="csrf_token" value="([^"]+)"/.exec(page.body)?.[1] ?? "";
  const { user: login, password } = order.login;
  const answer = await ask({
    method: "POST",
    path: "/web/login",
    headers: { "content-type": "application/x-www-form-urlencoded", cookie: page.cookie },
    body: new URLSearchParams({ csrf_token, login, password }).toString(),
  });
  if (answer.status !== 303) throw new Error(`the login was answered ${answer.status}`);
  return answer.cookie;
}

async function measure(what: Asked): Promise<LoadFigures> {
  const times: number[] = [];
  let failed = 0;
  const began = performance.now();
  const end = began + order.seconds * 1000;
  const client = async (): Promise<void> => {
    while (performance.now() < end) {
      const asked = performance.now();
      const { status } = await ask(what).catch(() => ({ status: 0 }));
      if (status === 200) times.push(performance.now() - asked);
      else failed += 1;
    }
  };
  await Promise.all(Array.from({ length: order.clients }, client));
  times.sort((a, b) => a - b);
  const at = (share: number): number => Math.round((times[Math.floor(times.length * share)] ?? 0) * 10) / 10;
  const seconds = (performance.now() - began) / 1000;
  return {
    requestsPerSecond: Math.round((times.length / seconds) * 10) / 10,
    p50: at(0.5),
    p95: at(0.95),
    failed,
  };
}

const cookie = await session();
const read: Asked = {
  method: "POST",
  path: "/web/dataset/call_kw",
  headers: { "content-type": "application/json", cookie },
  body: JSON.stringify({
    jsonrpc: "2.0",
    method: "call",
    params: {
      model: "res.partner",
      method: "search_read",
      args: [[], ["name", "email"]],
      kwargs: { limit: 20 },
    },
  }),
};
const figures: Record<string, LoadFigures> = {
  "login page": await measure({ path: "/web/login" }),
  "read by RPC": await measure(read),
};
console.log(JSON.stringify(figures));
