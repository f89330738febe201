import { UserError } from "../user-error.ts";
import { appLog } from "./logs/app.ts";
import { covered } from "./logs/covered.ts";
import { journal } from "./logs/journal.ts";
import { lineText, type LogLine, type Part, parts } from "./logs/line.ts";
import { lastUpdate } from "./logs/updates.ts";
import { onMachineOf } from "./machine.ts";
import { type PlatformReading, readStack } from "./stack-reader.ts";
import type { Context, Outcome, Run } from "./verb.ts";

const defaultTail = 100;
const mostTail = 100_000;

interface Asked {
  type: "run" | "deploy";
  tail: number;
  of: Part | undefined;
}

/** The last lines that the platform's parts have written, or what its last update said. Secrets are covered. */
export const run: Run = async ({ stack, options, progress, signal }: Context): Promise<Outcome> => {
  const asked = askedFor(options);
  const reading = await progress.step(`Opening ${stack}`, () => readStack(stack, signal));
  const found = await progress.step(`Reading the logs of ${stack}`, () =>
    asked.type === "run" ? ranLines(reading, asked, signal) : deployLines(reading, asked, signal),
  );
  const lines = await covered(found, reading.secrets.values());
  const { tail, ...rest } = asked;
  return {
    json: { ...rest, of: asked.of ?? null, tail, lines },
    text: lines.length > 0 ? lines.map(lineText).join("\n") : "Nothing is logged.",
  };
};

/** @throws {UserError} badInput */
function askedFor({ type = "run", tail = String(defaultTail), of }: Context["options"]): Asked {
  if (type !== "run" && type !== "deploy")
    throw new UserError("badInput", `--type: "${type}" is neither run nor deploy`);
  const lines = Number(tail);
  if (!Number.isInteger(lines) || lines < 1 || lines > mostTail)
    throw new UserError("badInput", `--tail: "${tail}" is not a number of lines from 1 to ${mostTail}`);
  const part = parts.find((one) => one === of);
  if (of !== undefined && part === undefined)
    throw new UserError("badInput", `--of: "${of}" is none of ${parts.join(", ")}`);
  if (type === "deploy" && part !== undefined)
    throw new UserError("badInput", "--of: goes with --type run; an update's log is one");
  return { type, tail: lines, of: part };
}

async function ranLines(reading: PlatformReading, asked: Asked, signal: AbortSignal): Promise<LogLine[]> {
  const { hostKind, hostId } = reading.outputs;
  if (hostKind === "app") return await appLog(hostId, "run", asked.of, asked.tail);
  const of = asked.of ? [asked.of] : parts;
  return await onMachineOf(reading, { signal }, (machine) => journal(machine, of, asked.tail));
}

/** What the engine said, then what the host did with it. */
async function deployLines(reading: PlatformReading, asked: Asked, signal: AbortSignal): Promise<LogLine[]> {
  const { hostKind, hostId, machine } = reading.outputs;
  const update = lastUpdate(reading.stack).slice(-asked.tail);
  const host =
    hostKind === "app"
      ? await appLog(hostId, "deploy", undefined, asked.tail)
      : machine
        ? await onMachineOf(reading, { signal }, (open) => journal(open, ["platform"], asked.tail))
        : [];
  return [...update, ...host];
}
