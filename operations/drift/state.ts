import { ExecaError, execa } from "execa";
import { UserError } from "../../user-error.ts";
import { projectDir } from "../project.ts";
import type { Deployment, StateResource } from "../state.ts";

/**
 * The resources of a stack's state, secrets in plain text: to compare by, never to be printed nor written to a file. By the
 * CLI, which reads and locks nothing.
 * @throws {UserError} failed
 */
export async function readResources(stack: string, signal: AbortSignal): Promise<StateResource[]> {
  const args = ["stack", "export", "--show-secrets", "--stack", stack, "--non-interactive"];
  try {
    const { stdout } = await execa("pulumi", args, {
      cwd: projectDir(),
      stdin: "ignore",
      cancelSignal: signal,
    });
    return (JSON.parse(stdout, plain) as Deployment).deployment.resources ?? [];
  } catch (error) {
    if (!(error instanceof ExecaError)) throw error;
    signal.throwIfAborted();
    // What it wrote to stdout holds secrets, and is in the error's own message.
    throw new UserError("failed", `${stack}: its state cannot be read\n  ${String(error.stderr).trim()}`, {
      next: `platform doctor --stack ${stack}`,
    });
  }
}

/** With shown secrets each stands in the state as JSON, inside of a mark. */
function plain(_: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || !("plaintext" in value)) return value;
  return JSON.parse(String(value.plaintext)) as unknown;
}
