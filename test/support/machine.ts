import { request } from "node:https";
import { readFileSync } from "node:fs";
import type { IncomingHttpHeaders } from "node:http";
import { Shell } from "../../sandbox/machines/shell.ts";
import { authoritiesFile } from "../../sandbox/run.ts";
import type { World } from "./world.ts";

/** Whether these scenes can run machines, and look at them from a network of their own; elsewhere they count as skipped. */
export const canRunMachines = (): boolean => process.platform === "linux" && process.getuid?.() === 0;

/** What the sandbox's stack says of its machine, and the secrets that it was given. */
export interface Platform {
  address: string;
  hostKey: string;
  secrets: Record<string, string>;
}

export async function platformOf(world: World): Promise<Platform> {
  const outputs = JSON.parse(
    (await world.pulumi(["stack", "output", "--json", "--show-secrets", "--stack", "sandbox"])).stdout,
  ) as { machine: { address: string; hostKey: string } };
  const config = JSON.parse(
    (await world.pulumi(["config", "--json", "--show-secrets", "--stack", "sandbox"])).stdout,
  ) as Record<string, { value: string; secret: boolean }>;
  const secrets = Object.entries(config)
    .filter(([, { secret }]) => secret)
    .map(([key, { value }]) => [key.replace(/^[^:]+:/, ""), value]);
  return { ...outputs.machine, secrets: Object.fromEntries(secrets) as Record<string, string> };
}

/** Runs commands on the machine as root, over a connection that knows its host key. */
export async function onMachine<T>(
  { address, hostKey, secrets }: Platform,
  work: (shell: Shell) => Promise<T>,
  seconds = 60,
): Promise<T> {
  const privateKey = secrets["sshPrivateKey"] ?? "";
  const shell = await Shell.open({ host: address, privateKey, hostKey, seconds });
  try {
    return await work(shell);
  } finally {
    shell.close();
  }
}

export interface Page {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

/** One HTTPS request to the machine, under the name that it serves, trusting the world's authorities alone. */
export async function ask(
  world: World,
  { address }: Pick<Platform, "address">,
  path: string,
  {
    method = "GET",
    headers = {},
    body = "",
  }: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Page> {
  const domain = "odoo.sandbox.test";
  return await new Promise((resolve, reject) => {
    const asked = request({
      host: address,
      servername: domain,
      path,
      method,
      headers: { host: domain, "content-length": Buffer.byteLength(body), ...headers },
      ca: readFileSync(authoritiesFile(world.sandbox), "utf8"),
      agent: false,
      timeout: 20_000,
    });
    asked.on("timeout", () => asked.destroy(new Error(`${path}: no answer`)));
    asked.on("error", reject);
    asked.on("response", (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (data: string) => (text += data));
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
      );
    });
    asked.end(body);
  });
}

/** Logs in by the page, as a browser does, and answers who that is; undefined when the password is refused. */
export async function logIn(world: World, platform: Platform, password: string): Promise<string | undefined> {
  const page = await ask(world, platform, "/web/login");
  const token = /name="csrf_token" value="([^"]+)"/.exec(page.body)?.[1] ?? "";
  const form = new URLSearchParams({ csrf_token: token, login: "admin", password }).toString();
  const answer = await ask(world, platform, "/web/login", {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded", cookie: cookies(page) },
    body: form,
  });
  if (answer.status !== 303) return undefined;
  const session = await ask(world, platform, "/web/session/get_session_info", {
    method: "POST",
    headers: { "content-type": "application/json", cookie: cookies(answer) },
    body: JSON.stringify({ jsonrpc: "2.0", params: {} }),
  });
  return (JSON.parse(session.body) as { result?: { username?: string } }).result?.username;
}

const cookies = ({ headers }: Page): string =>
  (headers["set-cookie"] ?? []).map((cookie) => cookie.split(";")[0]).join("; ");
