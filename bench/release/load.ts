import { Agent, type RequestOptions, request } from "node:https";
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { text } from "node:stream/consumers";
import { type Sockets, openSockets } from "./sockets.ts";

/** Where the load goes: a machine's address, under the name that it serves. */
export interface Target {
  address: string;
  domain: string;
  /** @default 443 */
  port?: number;
  /** Authorities that vouch for its certificate, PEM. */
  ca: string;
  login: { user: string; password: string };
}

export interface LoadShape {
  /** Requests a second, which come whether or not those before are answered. */
  rate: number;
  websockets: number;
  /** Seconds that one report takes; there is always one under way. 0: none. */
  reportSeconds: number;
}

/** Of the whole load, from its start to its stop. Times in milliseconds, from the moment that a request was due. */
export interface LoadFigures {
  requests: number;
  /** All that were not answered by 200: errors, refusals, pauses, and reports that were cut. */
  failed: number;
  /** Of these, those that an announced pause answered: 503 with Retry-After. */
  paused: number;
  p50: number;
  p95: number;
  /** The longest time in which nobody was answered by 200. */
  outage: number;
  reports: number;
  /** Websockets that lost their connection, and how many of these without a word of farewell. */
  websocketsClosed: number;
  websocketsCut: number;
  /** Not open again when all was over. */
  websocketsLost: number;
  /** Attempts to open one again that were not answered by 101. */
  websocketsRefused: number;
  /** The longest time in milliseconds until a closed one was open again. */
  websocketGap: number;
  /** What failed and how often: { "502": 3, "ECONNRESET": 1 }. */
  faults: Record<string, number>;
}

interface Asked {
  method?: string;
  path: string;
  headers?: Record<string, string>;
  body?: string;
  seconds?: number;
}

interface Answered {
  status: number;
  paused: boolean;
  cookie: string;
  body: string;
}

/** As long as nginx waits for Odoo, and a little. */
const patienceSeconds = 30;

/** A constant load of people: pages, reads by RPC and assets, live updates, and one long report after the other. */
export class Load {
  readonly #target: Target;
  readonly #agent: Agent;
  #began = performance.now();
  readonly #times: number[] = [];
  readonly #faults = new Map<string, number>();
  readonly #open = new Set<Promise<void>>();
  #paused = 0;
  #answeredAt = performance.now();
  #outage = 0;
  #reports = 0;
  #stopped = false;
  #sockets: Sockets | undefined;
  #reporting: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;

  private constructor(target: Target) {
    this.#target = target;
    this.#agent = new Agent({ keepAlive: true, maxSockets: 256 });
  }

  /** Logs in, opens the websockets, and begins. */
  static async start(target: Target, shape: LoadShape): Promise<Load> {
    const load = new Load(target);
    const cookie = await load.#session();
    load.#sockets = await openSockets({ ...target, cookie }, shape.websockets);
    load.#answeredAt = performance.now();
    load.#begin(mix(cookie), shape);
    return load;
  }

  /** The cookie of somebody who has logged in. */
  static async session(target: Target): Promise<string> {
    const load = new Load(target);
    try {
      return await load.#session();
    } finally {
      load.#agent.destroy();
    }
  }

  /** Ends it; what is under way is waited for. */
  async stop(): Promise<LoadFigures> {
    this.#stopped = true;
    clearInterval(this.#timer);
    const sockets = this.#sockets?.close() ?? { closed: 0, cut: 0, gap: 0, refused: 0, unopened: 0 };
    await Promise.all([...this.#open, this.#reporting]);
    this.#agent.destroy();
    const times = this.#times.sort((a, b) => a - b);
    const at = (share: number): number => Math.round(times[Math.floor(times.length * share)] ?? 0);
    const failed = [...this.#faults.values()].reduce((sum, one) => sum + one, 0);
    return {
      requests: times.length + failed,
      failed,
      paused: this.#paused,
      p50: at(0.5),
      p95: at(0.95),
      outage: Math.round(this.#outage),
      reports: this.#reports,
      websocketsClosed: sockets.closed,
      websocketsCut: sockets.cut,
      websocketsLost: sockets.unopened,
      websocketsRefused: sockets.refused,
      websocketGap: Math.round(sockets.gap),
      faults: Object.fromEntries(this.#faults),
    };
  }

  #begin(requests: Asked[], { rate, reportSeconds }: LoadShape): void {
    let sent = 0;
    this.#began = performance.now();
    const due = (): void => {
      // What a busy process was late with is sent now, and its time counts from when it was due.
      for (; this.#began + (sent * 1000) / rate <= performance.now(); sent += 1) {
        const asked = requests[sent % requests.length];
        if (asked) this.#track(asked, this.#began + (sent * 1000) / rate);
      }
    };
    this.#timer = setInterval(due, Math.min(20, 500 / rate));
    if (reportSeconds > 0) this.#reporting = this.#report(reportSeconds);
  }

  #track(asked: Asked, due: number): void {
    const one = this.#timed(asked, due).finally(() => this.#open.delete(one));
    this.#open.add(one);
  }

  async #timed(asked: Asked, due: number): Promise<void> {
    if (!(await this.#answered(asked))) return;
    const now = performance.now();
    this.#times.push(now - due);
    this.#outage = Math.max(this.#outage, now - this.#answeredAt);
    this.#answeredAt = now;
  }

  async #report(seconds: number): Promise<void> {
    while (!this.#stopped) {
      const path = `/release_probe/slow?seconds=${seconds}`;
      if (await this.#answered({ path, seconds: seconds + patienceSeconds })) this.#reports += 1;
      else await sleep(500);
    }
  }

  /** Whether it was answered by 200; else the fault is counted. */
  async #answered(asked: Asked): Promise<boolean> {
    try {
      const { status, paused } = await this.#ask(asked);
      if (status === 200) return true;
      if (paused) this.#paused += 1;
      this.#count(`${asked.path.split("?")[0]} ${status}`);
    } catch (error) {
      this.#count((error as NodeJS.ErrnoException).code ?? (error as Error).message);
    }
    return false;
  }

  #count(fault: string): void {
    this.#faults.set(fault, (this.#faults.get(fault) ?? 0) + 1);
  }

  /** As a browser: an idle connection that the server has just closed is no failure, it is tried on another one. */
  async #ask(asked: Asked): Promise<Answered> {
    try {
      return await this.#once(asked);
    } catch (error) {
      if ((error as { idle?: boolean }).idle) return await this.#once(asked);
      throw error;
    }
  }

  async #once({ method = "GET", path, headers = {}, body = "", seconds = patienceSeconds }: Asked) {
    const { address, domain, ca, port = 443 } = this.#target;
    const options: RequestOptions = {
      host: address,
      port,
      servername: domain,
      ca,
      path,
      method,
      agent: this.#agent,
      headers: { host: domain, "content-length": Buffer.byteLength(body), ...headers },
      signal: AbortSignal.timeout(seconds * 1000),
    };
    return await new Promise<Answered>((resolve, reject) => {
      const asking = request(options);
      asking.on("error", (error: NodeJS.ErrnoException) => {
        const idle = asking.reusedSocket && error.code === "ECONNRESET";
        reject(Object.assign(error, { idle }));
      });
      asking.on("response", (response) => {
        const cookie = (response.headers["set-cookie"] ?? []).map((one) => one.split(";")[0]).join("; ");
        const status = response.statusCode ?? 0;
        const paused = status === 503 && response.headers["retry-after"] !== undefined;
        text(response).then((said) => resolve({ status, paused, cookie, body: said }), reject);
      });
      asking.end(body);
    });
  }

  async #session(): Promise<string> {
    const page = await this.#ask({ path: "/web/login" });
    const csrf_token = /name="csrf_token" value="([^"]+)"/.exec(page.body)?.[1] ?? "";
    const { user: login, password } = this.#target.login;
    const answer = await this.#ask({
      method: "POST",
      path: "/web/login",
      headers: { "content-type": "application/x-www-form-urlencoded", cookie: page.cookie },
      body: new URLSearchParams({ csrf_token, login, password }).toString(),
    });
    if (answer.status !== 303) throw new Error(`the login was answered ${answer.status}`);
    return answer.cookie;
  }
}

/** What people ask for: of five requests, one page, two reads by RPC, one small answer and one asset. */
function mix(cookie: string): Asked[] {
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
  const asset = { path: "/web/static/img/logo2.png" };
  return [read, { path: "/web/login" }, asset, read, { path: "/web/health?db_server_status=1" }];
}
