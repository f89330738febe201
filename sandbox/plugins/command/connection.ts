import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";

import ssh2, { type Client, type ConnectConfig, type ServerHostKeyAlgorithm } from "ssh2";

import type { Call } from "../protocol/plugin.ts";
import { number, object, text, type Shape } from "../protocol/schema.ts";
import { asText, type Properties } from "../protocol/values.ts";

const endpoint: Shape = {
  host: text({ required: true }),
  user: text({ default: "root" }),
  port: number({ default: 22 }),
  password: text(),
  privateKey: text(),
  privateKeyPassword: text(),
  agentSocketPath: text(),
  /** Without one any host is believed. */
  hostKey: text(),
  /** -1 for no limit. */
  dialErrorLimit: number({ default: 10 }),
  /** Seconds; 0 for no limit. */
  perDialTimeout: number({ default: 15 }),
};

/** How to reach a machine by SSH. The whole of it is secret, as with the official plugin. */
export const connection = object({ ...endpoint, proxy: object(endpoint) }, { required: true, secret: true });

/** Connects, does something, and disconnects again. A cancelled call cuts the connection. */
export async function connected<T>(
  call: Call,
  declared: unknown,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const { proxy, ...target } = declared as Properties;
  const opened: Client[] = [];
  const cut = (): void => opened.forEach((client) => client.destroy());
  call.signal.addEventListener("abort", cut);
  try {
    if (proxy !== undefined) opened.push(await dial(call, "Dial proxy", proxy as Properties, undefined));
    const client = await dial(call, "Dial", target, opened[0]);
    opened.push(client);
    // What breaks later breaks the work, which says so itself.
    client.on("error", () => {});
    return await work(client);
  } finally {
    call.signal.removeEventListener("abort", cut);
    opened.toReversed().forEach((client) => client.end());
  }
}

/** Tries until the limit, with the official plugin's pauses: a machine that is booting refuses at first. */
async function dial(call: Call, what: string, to: Properties, through: Client | undefined): Promise<Client> {
  const limit = Number(to["dialErrorLimit"] ?? 10);
  for (let tried = 1, pause = 100; ; tried++, pause = Math.min(pause * 1.5, 5000)) {
    call.signal.throwIfAborted();
    try {
      return await dialOnce(to, through);
    } catch (error) {
      if (limit >= 0 && tried > limit)
        throw new Error(`after ${tried - 1} failed attempts: ${(error as Error).message}`, { cause: error });
      call.status(`${what} ${tried}/${limit < 0 ? "inf" : limit} failed: retrying`);
      await sleep(pause, undefined, { signal: call.signal });
    }
  }
}

async function dialOnce(to: Properties, through: Client | undefined): Promise<Client> {
  const config = sshConfig(to);
  if (through)
    config.sock = await new Promise((resolve, reject) => {
      through.forwardOut("127.0.0.1", 0, String(to["host"]), Number(to["port"] ?? 22), (error, stream) =>
        error ? reject(error) : resolve(stream),
      );
    });
  const client = new ssh2.Client();
  client.on("keyboard-interactive", (_name, _text, _language, prompts, answer) => {
    answer(prompts.map(() => String(to["password"])));
  });
  client.connect(config);
  try {
    await once(client, "ready");
    return client;
  } catch (error) {
    client.destroy();
    throw error;
  }
}

function sshConfig(to: Properties): ConnectConfig {
  const hostKey = asText(to["hostKey"]);
  const agent = asText(to["agentSocketPath"], process.env["SSH_AUTH_SOCK"]);
  return {
    host: String(to["host"]),
    port: Number(to["port"] ?? 22),
    username: asText(to["user"], "root"),
    readyTimeout: Number(to["perDialTimeout"] ?? 15) * 1000,
    tryKeyboard: to["password"] !== undefined,
    ...(to["password"] === undefined ? {} : { password: asText(to["password"]) }),
    ...(to["privateKey"] === undefined ? {} : { privateKey: asText(to["privateKey"]) }),
    ...(to["privateKeyPassword"] === undefined ? {} : { passphrase: asText(to["privateKeyPassword"]) }),
    ...(agent === "" ? {} : { agent }),
    ...(hostKey === "" ? {} : pinned(hostKey)),
  };
}

/** Only the host that has this key, in the form of a line of a public key file. */
function pinned(hostKey: string): Pick<ConnectConfig, "hostVerifier" | "algorithms"> {
  const parsed = ssh2.utils.parseKey(hostKey);
  if (parsed instanceof Error) throw new Error(`failed to parse host key: ${parsed.message}`);
  const expected = parsed.getPublicSSH();
  const type = parsed.type as ServerHostKeyAlgorithm;
  // An RSA key signs by newer algorithms than its own name.
  const algorithms: ServerHostKeyAlgorithm[] =
    type === "ssh-rsa" ? ["rsa-sha2-512", "rsa-sha2-256", type] : [type];
  return {
    hostVerifier: (key: Buffer) => key.equals(expected),
    algorithms: { serverHostKey: algorithms },
  };
}
