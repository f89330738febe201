import { createHash, randomBytes } from "node:crypto";

import type { Call, Change, Resource } from "../protocol/plugin.ts";
import { any, bool, list, map, text, type Shape } from "../protocol/schema.ts";
import { asText, type Properties } from "../protocol/values.ts";

/** What local and remote commands have in common (pulumi/pulumi-command, provider/pkg/provider/common). */
export const scriptInputs: Shape = {
  create: text(),
  update: text(),
  delete: text(),
  triggers: list(any(), { replaces: true }),
  stdin: text(),
  logging: text({ oneOf: ["stdout", "stderr", "stdoutAndStderr", "none"] }),
  environment: map(),
  addPreviousOutputInEnv: bool(),
};

/** One script to run, with everything it gets. */
export interface Run {
  readonly command: string;
  readonly stdin: string;
  readonly environment: Readonly<Record<string, string>>;
  /** What the last run wrote, under the names that scripts know it by. */
  readonly previous: Readonly<Record<string, string>>;
  /** Takes what is written as it comes. */
  readonly output: Output;
  /** Everything else that was declared. */
  readonly inputs: Properties;
}

/** A resource that is nothing but scripts, given a way to run one. The runner throws when the script fails. */
export function scripts(
  inputs: Shape,
  run: (call: Call, run: Run) => Promise<void>,
): Pick<Resource<Call>, "inputs" | "outputs" | "volatileOutputs" | "create" | "read" | "update" | "delete"> {
  const execute = async (
    call: Call,
    command: unknown,
    inputs: Properties,
    state: Properties,
  ): Promise<Properties> => {
    // Without a script for this step there is nothing to do, and what the last one wrote stays.
    if (typeof command !== "string") return { stdout: state["stdout"] ?? "", stderr: state["stderr"] ?? "" };
    const output = new Output(call, inputs["logging"]);
    await run(call, {
      command,
      stdin: asText(inputs["stdin"]),
      environment: (inputs["environment"] as Record<string, string> | undefined) ?? {},
      previous: inputs["addPreviousOutputInEnv"] === false ? {} : previousOutput(state),
      output,
      inputs,
    });
    return output.written();
  };
  return {
    inputs,
    outputs: ["stderr", "stdout"],
    volatileOutputs: ["stderr", "stdout"],
    create: async (call, inputs) => ({
      id: uniqueId(call.urn),
      state: await execute(call, inputs["create"], inputs, {}),
    }),
    // There is nothing to look at: what a command has done is known to the command alone.
    read: async () => ({}),
    update: (call, { inputs, state }: Change) =>
      execute(call, inputs["update"] ?? inputs["create"], inputs, state),
    delete: async (call, _id, state) => {
      await execute(call, state["delete"], state, state);
    },
  };
}

function previousOutput({ stdout, stderr }: Properties): Record<string, string> {
  return {
    ...(stdout ? { PULUMI_COMMAND_STDOUT: asText(stdout) } : {}),
    ...(stderr ? { PULUMI_COMMAND_STDERR: asText(stderr) } : {}),
  };
}

/** The resource's name and eight random hex digits. */
export function uniqueId(urn: string): string {
  const suffix = createHash("sha256").update(randomBytes(16)).digest("hex").slice(0, 8);
  return `${urn.split("::").slice(3).join("::")}${suffix}`;
}

/** What a script writes: kept for the state, shown line by line while it runs, and told when it fails. */
export class Output {
  readonly #call: Call;
  readonly #logging: unknown;
  readonly #kept = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  readonly #all: Buffer[] = [];
  #line = "";

  constructor(call: Call, logging: unknown) {
    this.#call = call;
    this.#logging = logging ?? "stdoutAndStderr";
  }

  take(stream: "stdout" | "stderr", data: Buffer): void {
    this.#kept[stream].push(data);
    this.#all.push(data);
    if (this.#logging === stream || this.#logging === "stdoutAndStderr") this.#show(data.toString());
  }

  /** As the state has it: without the last line's end. */
  written(): { stdout: string; stderr: string } {
    const text = (parts: Buffer[]): string => Buffer.concat(parts).toString().replace(/\n$/, "");
    return { stdout: text(this.#kept.stdout), stderr: text(this.#kept.stderr) };
  }

  failure(how: string, command: string): Error {
    return new Error(`${how}: running ${JSON.stringify(command)}:\n${Buffer.concat(this.#all).toString()}`);
  }

  #show(text: string): void {
    const lines = (this.#line + text).split("\n");
    this.#line = lines.pop() ?? "";
    for (const line of lines) this.#call.status(line);
  }
}
