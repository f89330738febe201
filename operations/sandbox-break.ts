import { control } from "../sandbox/control.ts";
import { faults } from "../sandbox/faults.ts";
import { suggest } from "../settings/explain.ts";
import { UserError } from "../user-error.ts";
import { runningWorld } from "./sandbox-world.ts";
import type { Context, Outcome, Run } from "./verb.ts";

/** Switches a fault on, or lists those there are. */
export const run: Run = async ({ options }: Context): Promise<Outcome> => {
  const name = options["fault"];
  if (name === undefined)
    return { json: { faults }, text: list(), next: "platform sandbox break --fault slow-api" };
  if (typeof name !== "string" || !(name in faults)) {
    throw new UserError(
      "badInput",
      `--fault: "${name}" is not known; ${suggest(String(name), Object.keys(faults))}`,
    );
  }
  const times = timesOf(options["times"]);
  const match = options["match"];
  const world = runningWorld();
  await control(world, "POST", "/faults", { name, ...(times ? { times } : {}), ...(match ? { match } : {}) });
  const what = faults[name as keyof typeof faults];
  return {
    json: { name, times, match },
    text: `Now ${what}.`,
    next: "platform sandbox mend, when you have seen enough",
  };
};

const list = (): string =>
  Object.entries(faults)
    .map(([name, what]) => `  ${name.padEnd(16)}${what}`)
    .join("\n");

function timesOf(text: string | boolean | undefined): number | undefined {
  if (text === undefined) return undefined;
  const times = Number(text);
  if (Number.isInteger(times) && times > 0) return times;
  throw new UserError("badInput", `--times: "${text}" is not a number of requests`);
}
