import { once } from "node:events";
import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import ssh2, { type Client } from "ssh2";

export interface ShellOptions {
  host: string;
  privateKey: string;
  /** The one host key that is accepted, a line in OpenSSH's form. */
  hostKey: string;
  /** How long the machine may take to answer: it may just be booting. */
  seconds: number;
}

/** A root shell on a machine of the sandbox. */
export class Shell {
  readonly #client: Client;

  private constructor(client: Client) {
    this.#client = client;
  }

  static async open(options: ShellOptions): Promise<Shell> {
    for (const began = Date.now(); ; await sleep(250)) {
      try {
        return new Shell(await dial(options));
      } catch (error) {
        if (Date.now() - began > options.seconds * 1000) throw error;
      }
    }
  }

  /**
   * Runs a command to its end.
   * @param hear is given each line that it writes to its standard error
   * @returns its standard output
   * @throws Error with the last lines of its standard error, when it fails
   */
  async run(
    command: string,
    input?: Readable | string,
    hear: (line: string) => void = () => {},
  ): Promise<string> {
    return await new Promise((resolve, reject) => {
      this.#client.exec(command, (error, channel) => {
        if (error) return reject(error);
        let [out, rest] = ["", ""];
        const last: string[] = [];
        channel.on("data", (data: Buffer) => (out += data.toString()));
        channel.stderr.on("data", (data: Buffer) => {
          const lines = (rest + data.toString()).split("\n");
          rest = lines.pop() ?? "";
          for (const line of lines) hear(line);
          last.push(...lines);
          last.splice(0, last.length - 15);
        });
        channel.on("close", (code: number | null) => {
          if (code === 0) resolve(out);
          else reject(new Error([`ended with code ${code}:`, ...last, rest].join("\n")));
        });
        if (input === undefined || typeof input === "string") channel.end(input ?? "");
        else input.pipe(channel);
        return undefined;
      });
    });
  }

  close(): void {
    this.#client.end();
  }
}

async function dial({ host, privateKey, hostKey }: ShellOptions): Promise<Client> {
  const expected = ssh2.utils.parseKey(hostKey);
  if (expected instanceof Error) throw expected;
  const client = new ssh2.Client();
  // A machine that goes down says so more than once, also when nobody waits any more: unheard, it would end this process.
  client.on("error", () => {});
  client.connect({
    host,
    username: "root",
    privateKey,
    readyTimeout: 5000,
    hostVerifier: (key: Buffer) => key.equals(expected.getPublicSSH()),
    algorithms: { serverHostKey: ["ssh-ed25519"] },
  });
  try {
    await once(client, "ready");
    return client;
  } catch (error) {
    client.destroy();
    throw error;
  }
}
