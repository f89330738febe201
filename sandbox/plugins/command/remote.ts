import type { Client } from "ssh2";

import type { Call, Resource } from "../protocol/plugin.ts";
import { type Properties, asText } from "../protocol/values.ts";
import { connected, connection } from "./connection.ts";
import { Output, scriptInputs, scripts, type Run } from "./script.ts";

/** A script on a machine that is reached by SSH. */
export const remoteCommand: Resource<Call> = scripts({ ...scriptInputs, connection }, runRemotely);

/** The same without this user's agent, which signs for whoever reaches it: for a plugin that others may reach. */
export const remoteCommandWithoutAgent: Resource<Call> = scripts(
  { ...scriptInputs, connection },
  async (call, run) => {
    const { agentSocketPath, proxy } = run.inputs["connection"] as Properties;
    if (agentSocketPath !== undefined || (proxy as Properties | undefined)?.["agentSocketPath"] !== undefined)
      throw new Error("an SSH agent is not used here; give the connection a privateKey");
    await runRemotely(call, run);
  },
);

/** A machine that is a row runs nothing. All that can be said of it is the host key that it was given. */
export const notedCommand: Resource<Call> = scripts({ ...scriptInputs, connection }, async (_, run) => {
  const { hostKey } = run.inputs["connection"] as Properties;
  const [kind = "", key = ""] = asText(hostKey).split(" "); // without its remark
  run.output.take("stdout", Buffer.from(`${kind} ${key}`));
});

async function runRemotely(call: Call, run: Run): Promise<void> {
  await connected(call, run.inputs["connection"], async (client) => {
    await refuseLostVariables(call, client, run.environment);
    const how = await execute(client, run, { ...run.environment, ...run.previous });
    if (how !== undefined) throw run.output.failure(how, run.command);
  });
}

/**
 * A server that does not accept a variable (`AcceptEnv`) makes the official plugin fail; ssh2 does not hear of it. So a
 * command that has variables is preceded by one that looks for them.
 */
async function refuseLostVariables(
  call: Call,
  client: Client,
  environment: Run["environment"],
): Promise<void> {
  const names = Object.keys(environment);
  if (names.length === 0) return;
  const command = names.map((name) => `[ -n "\${${name}+x}" ] || echo '${name}'`).join("; ");
  const output = new Output(call, "none");
  await execute(client, { command, stdin: "", output }, environment);
  const lost = output.written().stdout;
  if (lost !== "")
    throw new Error(
      `could not set environment variable ${JSON.stringify(lost.split("\n")[0])}: ` +
        "the SSH server accepts only what its AcceptEnv names; write the variables before the command instead",
    );
}

/** @returns how the command failed, or undefined */
function execute(
  client: Client,
  run: Pick<Run, "command" | "stdin" | "output">,
  env: Record<string, string>,
): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const broken = (): void => reject(new Error("the connection was lost while the command was running"));
    client.once("close", broken);
    client.exec(run.command, { env }, (error, channel) => {
      if (error) return reject(error);
      channel.on("data", (data: Buffer) => run.output.take("stdout", data));
      channel.stderr.on("data", (data: Buffer) => run.output.take("stderr", data));
      channel.on("close", (code: number | null, signal?: string) => {
        client.off("close", broken);
        if (code === 0) resolve(undefined);
        else if (code === null && signal === undefined) broken();
        else resolve(signal ? `Process exited with signal ${signal}` : `Process exited with status ${code}`);
      });
      channel.end(run.stdin);
      return undefined;
    });
  });
}
