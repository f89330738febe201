import { UserError } from "../../user-error.ts";
import { onMachineOf } from "../machine.ts";
import type { SshMachine } from "../ssh.ts";
import type { PlatformReading } from "../stack-reader.ts";
import { type Compared, compare } from "./compare.ts";
import type { Declared } from "./declared.ts";
import { parseFacts } from "./facts.ts";

/** The probe's own limit is 20 s a section, all at once. */
const probeSeconds = 40;

/**
 * Looks into a stack's machine and compares it with what it is meant to be. Changes nothing there.
 * @throws {UserError} failed, when the machine cannot be reached or asked; locked, while a run changes it
 */
export async function lookIntoMachine(
  reading: PlatformReading,
  declared: Declared,
  signal: AbortSignal,
): Promise<Compared> {
  return await onMachineOf(reading, { signal }, async (machine) => {
    await requireQuiet(reading.stack, machine);
    const { stdout, stderr, exitCode } = await machine.run(declared.probe, { seconds: probeSeconds });
    const facts = parseFacts(stdout);
    if (facts.at(-1)?.kind !== "end") {
      const why = stderr.trim().split("\n").at(-1) || `it ended with ${exitCode ?? "a signal"}`;
      throw new UserError("failed", `${reading.outputs.address}: the probe broke off: ${why}`, {
        next: `platform health --stack ${reading.stack}`,
      });
    }
    // A run that began meanwhile has changed what was just looked at.
    await requireQuiet(reading.stack, machine);
    return compare(declared, facts.slice(0, -1));
  });
}

// The lock of host/preamble.sh, only looked at.
const lockScript = `
exec 9</run/lock/odoo-platform.lock || exit 0
flock --shared --nonblock 9 && exit 0
cat /run/odoo-platform/running
`;

async function requireQuiet(stack: string, machine: SshMachine): Promise<void> {
  const { stdout } = await machine.run(lockScript, { seconds: 5 });
  const holder = stdout.trim();
  if (holder === "") return;
  throw new UserError("locked", `${stack}: a run is changing the machine (${holder})`, {
    hint: "What is half done would read as drift. Wait for its end, then look again.",
  });
}
