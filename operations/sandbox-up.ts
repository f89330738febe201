import { run as init } from "./init.ts";
import { startWorld } from "./sandbox-world.ts";
import { stackNames } from "./project.ts";
import { run as up } from "./up.ts";
import { isSandbox } from "./engine-env.ts";
import { UserError } from "../user-error.ts";
import type { Context, Outcome, Run } from "./verb.ts";

const stacks = { sandbox: "droplet", "sandbox-app": "app" } as const;

/** Starts the world without an account, makes its two stacks' settings, and brings the chosen one up. */
export const run: Run = async (context: Context): Promise<Outcome> => {
  const { stack, progress, options } = context;
  if (!isSandbox(stack)) {
    throw new UserError(
      "badInput",
      `--stack: "${stack}" is no sandbox; there is ${Object.keys(stacks).join(", ")}`,
    );
  }
  const { run: world, started } = await progress.step(
    "Starting the emulated DigitalOcean and GitHub",
    startWorld,
  );
  for (const [name, kind] of Object.entries(stacks)) {
    if (!stackNames().includes(name)) await init({ ...context, stack: name, options: { kind } });
  }
  if (options["onlyWorld"] === true) {
    return {
      json: { started, ports: world.ports },
      text: "The sandbox runs.",
      next: `platform preview --stack ${stack}`,
    };
  }
  const outcome = await up(context);
  return {
    ...outcome,
    json: { ...outcome.json, started, ports: world.ports },
    text: `${outcome.text}\n\n${whatNext(stack)}`,
    next: `npx platform preview --stack ${stack === "sandbox" ? "sandbox-app" : "sandbox"}`,
  };
};

const whatNext = (stack: string): string =>
  [
    "Try:",
    ...Object.entries({
      "npx platform history": "what was done",
      [`npx platform cost --stack ${stack}`]: "what it costs, line by line",
      "npx platform doctor": "what would stop an update",
      "npx platform sandbox break": "ways to break it, and to see what happens",
      'eval "$(npx platform sandbox env)"': "then plain pulumi, doctl and gh work in it",
      "npx platform sandbox down": "stop it; what is in it stays",
    }).map(([command, what]) => `  ${command.padEnd(38)}${what}`),
  ].join("\n");
