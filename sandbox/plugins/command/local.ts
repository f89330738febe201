import { spawn } from "node:child_process";

import type { Call, Resource } from "../protocol/plugin.ts";
import { list, text } from "../protocol/schema.ts";
import { scriptInputs, scripts, type Run } from "./script.ts";

/** A script on the machine that the plugin runs on, in its environment. */
export const localCommand: Resource<Call> = scripts(
  { ...scriptInputs, interpreter: list(text()), dir: text() },
  runLocally,
);

async function runLocally(call: Call, run: Run): Promise<void> {
  call.signal.throwIfAborted();
  const declared = run.inputs["interpreter"] as string[] | undefined;
  const [interpreter = "/bin/sh", ...args] = declared?.length ? declared : ["/bin/sh", "-c"];
  const child = spawn(interpreter, [...args, run.command], {
    cwd: (run.inputs["dir"] as string | undefined) ?? process.cwd(),
    env: { ...process.env, ...run.environment, ...run.previous },
    // A group of its own: a cancelled script takes along what it has started.
    detached: true,
  });
  const kill = (): void => {
    if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
  };
  call.signal.addEventListener("abort", kill);
  child.stdout.on("data", (data: Buffer) => run.output.take("stdout", data));
  child.stderr.on("data", (data: Buffer) => run.output.take("stderr", data));
  // A script need not read what it is given.
  child.stdin.on("error", () => {});
  child.stdin.end(run.stdin);
  try {
    const how = await new Promise<string | undefined>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code, signal) =>
        resolve(code === 0 ? undefined : signal ? `signal: ${signal}` : `exit status ${code}`),
      );
    });
    if (how !== undefined) throw run.output.failure(how, run.command);
  } finally {
    call.signal.removeEventListener("abort", kill);
  }
}
