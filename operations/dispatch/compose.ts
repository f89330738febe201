import { randomBytes } from "node:crypto";
import { UserError } from "../../user-error.ts";
import { mainRepository } from "../github-api.ts";
import { me } from "../me.ts";
import { readSettings } from "../project.ts";
import { readStack } from "../stack-reader.ts";
import { type Dispatch, dispatchSchema, signed } from "./payload.ts";
import { longestLifetimeMs } from "./verify.ts";

const defaultMinutes = 60;

/**
 * Makes and signs a payload out of a verb's options.
 * @throws {UserError} badInput
 */
export async function composed(
  stack: string,
  options: Record<string, string | boolean | undefined>,
  signal: AbortSignal,
): Promise<Dispatch> {
  const settings = readSettings(stack);
  const { secrets } = await readStack(stack, signal);
  const minutes = minutesOf(options["minutes"]);
  const expires = new Date(Date.now() + minutes * 60_000).toISOString().replace(/\.\d+Z$/, "Z");
  const unsigned = {
    branch: options["branch"] ?? mainRepository(settings)?.branch ?? "main",
    commit_message: options["message"] ?? `Deploy ${String(options["release"])}`,
    task_id: Number(required(options, "task")),
    environment: settings.platform.environment,
    image_tag: required(options, "release"),
    initiated_by: options["by"] ?? me(),
    nonce: randomBytes(16).toString("hex"),
    expires,
  };
  const parsed = dispatchSchema.omit({ signature: true }).safeParse(unsigned);
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => `  ${path.join(".")}: ${message}`);
    throw new UserError("badInput", `no payload can be made of this\n${faults.join("\n")}`);
  }
  return signed(parsed.data, secrets.get("webhookSecret") ?? "");
}

function required(options: Record<string, string | boolean | undefined>, name: "task" | "release"): string {
  const value = options[name];
  if (typeof value === "string") return value;
  throw new UserError("badInput", `--${name}: is missing`);
}

function minutesOf(text: string | boolean | undefined): number {
  if (text === undefined) return defaultMinutes;
  const minutes = Number(text);
  const most = longestLifetimeMs / 60_000;
  if (Number.isInteger(minutes) && minutes >= 1 && minutes <= most) return minutes;
  throw new UserError("badInput", `--minutes: "${text}" is not a number of minutes from 1 to ${most}`);
}
