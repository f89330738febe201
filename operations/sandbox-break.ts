import { type ByHand, byHand, doByHand } from "../sandbox/by-hand.ts";
import { control } from "../sandbox/control.ts";
import { faults, vendors } from "../sandbox/faults.ts";
import { suggest } from "../settings/explain.ts";
import { UserError } from "../user-error.ts";
import { runningWorld } from "./sandbox-world.ts";
import type { Context, Outcome, Run } from "./verb.ts";

const all: Record<string, string> = { ...faults, ...byHand };

/** Switches a fault on, does something behind the declaration's back, or lists what there is. */
export const run: Run = async ({ options }: Context): Promise<Outcome> => {
  const name = options["fault"];
  if (name === undefined)
    return { json: { faults: all }, text: list(), next: "platform sandbox break --fault slow-api" };
  if (typeof name !== "string" || !(name in all)) {
    throw new UserError(
      "badInput",
      `--fault: "${name}" is not known; ${suggest(String(name), Object.keys(all))}`,
    );
  }
  if (name in byHand) return await touch(name as ByHand);
  const times = timesOf(options["times"]);
  const match = options["match"];
  const vendor = vendorOf(options["vendor"]);
  await control(runningWorld(), "POST", "/faults", {
    name,
    ...(times ? { times } : {}),
    ...(match ? { match } : {}),
    ...(vendor ? { vendor } : {}),
  });
  return {
    json: { name, times, match, vendor },
    text: `From now on: ${all[name]}.`,
    next: "platform up, to see what happens; platform sandbox mend, when you have seen enough",
  };
};

async function touch(act: ByHand): Promise<Outcome> {
  try {
    const touched = await doByHand(runningWorld(), act);
    return {
      json: { name: act, touched },
      text: `Done: ${byHand[act]} (${touched}).`,
      next: "platform preview",
    };
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError("failed", (error as Error).message, { next: "platform sandbox up", cause: error });
  }
}

const list = (): string =>
  Object.entries(all)
    .map(([name, what]) => `  ${name.padEnd(19)}${what}`)
    .join("\n");

function vendorOf(name: string | boolean | undefined): string | undefined {
  if (name === undefined || vendors.some((one) => one === name)) return name as string | undefined;
  throw new UserError("badInput", `--vendor: "${name}" is not one; ${suggest(String(name), [...vendors])}`);
}

function timesOf(text: string | boolean | undefined): number | undefined {
  if (text === undefined) return undefined;
  const times = Number(text);
  if (Number.isInteger(times) && times > 0) return times;
  throw new UserError("badInput", `--times: "${text}" is not a number of requests`);
}
