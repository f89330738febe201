import { join } from "node:path";
import { ExecaError, execa } from "execa";

const script = join(import.meta.dirname, "privileged.sh");

/** The privileged helper refused or failed; the message is what it said last. */
class HelperError extends Error {
  override readonly name = "HelperError";
}

/**
 * Runs one verb of the privileged helper, as root: directly, or through `sudo -n`, which never asks.
 *
 * @param input its standard input
 * @returns its standard output
 * @throws {HelperError}
 */
export async function privileged(verb: string, args: readonly (string | number)[] = [], input = "") {
  const command = [...asRoot(), script, verb, ...args.map(String)];
  const [file = script, ...rest] = command;
  try {
    return (await execa(file, rest, { input, stdin: "pipe" })).stdout;
  } catch (error) {
    if (!(error instanceof ExecaError)) throw error;
    const said = String(error.stderr).trim().split("\n").slice(-5).join("\n");
    throw new HelperError(`${verb} ${args.slice(0, 2).join(" ")}: ${said || error.shortMessage}`, {
      cause: error,
    });
  }
}

const asRoot = (): string[] => (process.getuid?.() === 0 ? [] : ["sudo", "-n"]);
