import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import ssh2, { type Client, type ClientChannel, type ServerHostKeyAlgorithm } from "ssh2";
import { shellWord } from "../shell-word.ts";
import { UserError } from "../user-error.ts";

/** A machine, the one key that it must show, and the key that opens it. */
export interface SshTarget {
  address: string;
  /** @default 22 */
  port?: number;
  /** Public key in OpenSSH's form. Any other key ends the connection before anything is sent. */
  hostKey: string;
  /** Kept in this process: in no file, command line or environment. */
  privateKey: string;
}

/** How a script on the machine ended. */
export interface Ran {
  /** Undefined when a signal ended it. */
  exitCode: number | undefined;
  stdout: string;
  stderr: string;
}

export interface SshMachine {
  /**
   * Runs a script by `bash`, handed over by standard input, so that `ps` shows nothing of it. Ends it on the machine too
   * when it takes longer than it may.
   */
  run(script: string, limit: RunLimit): Promise<Ran>;
  /**
   * Brings a file, readable by root alone; its folder is there. Whole or not at all.
   * @param hear how many bytes have gone
   */
  put(file: string, path: string, hear: (bytes: number) => void): Promise<void>;
}

export interface RunLimit {
  seconds: number;
  /** Hears each line of stderr as soon as it has come whole. */
  hear?: (line: string) => void;
}

/** More than any answer that is asked for; a log that does not end must not fill this computer's memory. */
const longestAnswer = 64 * 1024 * 1024;
const defaultConnectSeconds = 10;
/** Exit status of coreutils' `timeout` when it had to end what it ran. */
const timedOut = 124;

/**
 * Connects, works and disconnects again. When the signal is aborted the connection is cut.
 * @throws {UserError} failed: unreachable, or another host key; notAuthenticated: the key is refused
 */
export async function onMachine<T>(
  target: SshTarget,
  { signal, connectSeconds = defaultConnectSeconds }: { signal: AbortSignal; connectSeconds?: number },
  work: (machine: SshMachine) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const client = new ssh2.Client();
  const cut = (): void => void client.destroy();
  signal.addEventListener("abort", cut);
  try {
    await connect(client, target, connectSeconds, signal);
    return await work({
      run: (script, limit) => run(client, target, script, limit, signal),
      put: (file, path, hear) => put(client, target, { file, path, hear }, signal),
    });
  } finally {
    signal.removeEventListener("abort", cut);
    client.end();
  }
}

async function connect(
  client: Client,
  target: SshTarget,
  seconds: number,
  signal: AbortSignal,
): Promise<void> {
  const expected = parsed(target.hostKey);
  let shown: Buffer | undefined;
  await new Promise<void>((resolve, reject) => {
    client.once("ready", resolve);
    // It stays: what breaks later breaks the run, which says so itself.
    client.on("error", (error) =>
      reject(refusal(target, error, shown !== undefined && !shown.equals(expected.key))),
    );
    client.once("close", () => {
      reject(signal.aborted ? signal.reason : refusal(target, new Error("the connection was closed"), false));
    });
    client.connect({
      host: target.address,
      port: target.port ?? 22,
      username: "root",
      privateKey: target.privateKey,
      readyTimeout: seconds * 1000,
      // A connection that is gone without a word, as behind a computer that slept, is seen within a minute.
      keepaliveInterval: 15_000,
      hostVerifier: (key: Buffer) => {
        shown = key;
        return key.equals(expected.key);
      },
      algorithms: { serverHostKey: expected.algorithms },
    });
  });
}

function parsed(hostKey: string): { key: Buffer; algorithms: ServerHostKeyAlgorithm[] } {
  const key = ssh2.utils.parseKey(hostKey);
  if (key instanceof Error) throw new Error(`the stack's host key cannot be read: ${key.message}`);
  const type = key.type as ServerHostKeyAlgorithm;
  // An RSA key signs by newer algorithms than its own name.
  const algorithms: ServerHostKeyAlgorithm[] =
    type === "ssh-rsa" ? ["rsa-sha2-512", "rsa-sha2-256", type] : [type];
  return { key: key.getPublicSSH(), algorithms };
}

/** Why there is no connection, and the way out. ssh2 tells the stage as `level`. */
function refusal(
  { address }: SshTarget,
  error: Error & { level?: string },
  otherHostKey: boolean,
): UserError {
  const cause = error;
  if (otherHostKey) {
    const message = `${address}: shows another host key than the last update recorded; nothing was sent to it`;
    const hint =
      "Another machine has the address, or somebody stands in between. If the machine was made anew, `platform up` records its key.";
    return new UserError("failed", message, { hint, cause });
  }
  if (error.level === "client-authentication") {
    const message = `${address}: refuses the stack's SSH key (sshPrivateKey)`;
    const hint = "The machine was made with another one: set that one again, or make the machine anew.";
    return new UserError("notAuthenticated", message, { hint, cause });
  }
  const message = `${address}: SSH does not answer (${error.message})`;
  const hint = "Is the machine on, and is this computer in one of the settings' host.adminNetworks?";
  return new UserError("failed", message, { hint, cause });
}

async function run(
  client: Client,
  { address }: SshTarget,
  script: string,
  { seconds, hear }: RunLimit,
  signal: AbortSignal,
): Promise<Ran> {
  return await new Promise((resolve, reject) => {
    const lost = (cause?: unknown): void =>
      reject(
        signal.aborted
          ? signal.reason
          : new UserError("failed", `${address}: the SSH connection was lost`, { hint: "Try again.", cause }),
      );
    const late = (): void => {
      reject(new UserError("timeout", `${address}: no answer by SSH after ${seconds} s`));
      client.destroy();
    };
    // The machine's own limit comes first, and ends what runs there; this one is for a machine that has gone silent.
    const timer = setTimeout(late, (seconds + 1) * 1000);
    const closed = (): void => lost();
    client.once("close", closed);
    const settle = (end: () => void): void => {
      clearTimeout(timer);
      client.removeListener("close", closed);
      end();
    };
    const started = (error: Error | undefined, channel: ClientChannel): void => {
      if (error) return settle(() => lost(error));
      const out = { stdout: "", stderr: "" };
      const collect = (name: "stdout" | "stderr", from: NodeJS.ReadableStream): void => {
        from.setEncoding("utf8");
        from.on("data", (text: string) => {
          if (out[name].length + text.length <= longestAnswer) out[name] += text;
        });
      };
      collect("stdout", channel);
      collect("stderr", channel.stderr);
      if (hear) channel.stderr.on("data", lines(hear));
      let exitCode: number | undefined;
      channel.on("exit", (code: number | null) => (exitCode = code ?? undefined));
      channel.on("close", () =>
        settle(() => (exitCode === timedOut ? late() : resolve({ exitCode, ...out }))),
      );
      channel.end(script);
    };
    try {
      client.exec(`timeout --kill-after=2 ${seconds} bash -s`, started);
    } catch (error) {
      // It was lost between two scripts.
      settle(() => lost(error));
    }
  });
}

async function put(
  client: Client,
  { address }: SshTarget,
  { file, path, hear }: { file: string; path: string; hear: (bytes: number) => void },
  signal: AbortSignal,
): Promise<void> {
  const { size } = await stat(file);
  const to = shellWord(path);
  // A sender that dies looks like the end of the file.
  const written = `cat >${to} && [ "$(stat -c %s ${to})" = ${size} ] || { rm -f ${to}; exit 1; }`;
  const channel = await new Promise<ClientChannel>((resolve, reject) =>
    client.exec(`umask 077; ${written}`, (error, opened) => (error ? reject(error) : resolve(opened))),
  );
  let said = "";
  channel.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
  channel.resume();
  const { promise: ended, resolve: end } = Promise.withResolvers<number | undefined>();
  channel.on("exit", (code: number | null) => end(code ?? undefined));
  channel.once("close", () => end(undefined));
  // Where it cannot be written it ends at once, and takes nothing any more.
  const over = new AbortController();
  void ended.then(() => over.abort());
  let bytes = 0;
  const counted = async function* (source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of source) {
      yield chunk;
      bytes += chunk.length;
      hear(bytes);
    }
  };
  const sent = await pipeline(createReadStream(file), counted, channel, {
    signal: AbortSignal.any([signal, over.signal]),
  }).catch((error: unknown) => error);
  signal.throwIfAborted();
  const exitCode = await ended;
  if (exitCode === 0 && bytes === size) return;
  const why = said.trim() || "the connection was lost";
  throw new UserError("failed", `${address}: ${file} did not arrive whole (${why})`, {
    hint: "Try again.",
    cause: sent,
  });
}

/** Puts lines together out of what comes in pieces. */
function lines(hear: (line: string) => void): (text: string) => void {
  let rest = "";
  return (text) => {
    const whole = (rest + text).split("\n");
    rest = whole.pop() ?? "";
    for (const line of whole) hear(line);
  };
}
