import { control } from "../sandbox/control.ts";
import { UserError } from "../user-error.ts";
import { runningWorld } from "./sandbox-world.ts";
import type { Context, Outcome, Run } from "./verb.ts";

/** Lists what the sandbox's GitHub would do by the clock, switches the clock on or off, or sets one going now. */
export const run: Run = async ({ options }: Context): Promise<Outcome> => {
  const { clock, fire } = options;
  if (clock !== undefined && clock !== "on" && clock !== "off")
    throw new UserError("badInput", `--clock: "${clock}" is not known; there is on, off`);
  const asked = clock !== undefined || fire !== undefined;
  const body = { ...(clock !== undefined && { on: clock === "on" }), ...(fire !== undefined && { fire }) };
  const {
    schedules = [],
    on,
    runs = [],
  } = await control(runningWorld(), asked ? "POST" : "GET", "/schedules", ...(asked ? [body] : []));
  if (fire !== undefined && runs.length === 0) {
    const known = schedules.map(({ path }) => path.slice(path.lastIndexOf("/") + 1)).join(", ");
    throw new UserError(
      "badInput",
      `--fire: "${fire}" has no schedule, or is switched off; there is ${known}`,
    );
  }
  const lines = schedules.map(
    ({ path, cron, next }) => `  ${cron.padEnd(14)}${path}${on ? `, next ${next}` : ""}`,
  );
  const began = runs.map((id) => `Run ${id} has begun.`);
  return {
    json: { on, schedules, runs },
    text: [...began, `The clock is ${on ? "on" : "off"}. By it would run:`, ...lines].join("\n"),
  };
};
