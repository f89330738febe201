import { UserError } from "../user-error.ts";
import { onMachine, type SshMachine } from "./ssh.ts";
import type { PlatformReading } from "./stack-reader.ts";

/**
 * Opens the machine of a stack, as its last update left it.
 * @throws {UserError} badInput for a stack without a machine; as `onMachine`
 */
export async function onMachineOf<T>(
  { stack, outputs, secrets }: PlatformReading,
  options: { signal: AbortSignal; connectSeconds?: number },
  work: (machine: SshMachine) => Promise<T>,
): Promise<T> {
  if (outputs.hostKind === "app")
    throw new UserError("badInput", `${stack}: runs on App Platform, which has no machine to look into`);
  const { machine } = outputs;
  const privateKey = secrets.get("sshPrivateKey");
  if (!machine || privateKey === undefined) {
    const missing = machine ? "its settings have no sshPrivateKey" : "its last update configured no machine";
    throw new UserError("failed", `${stack}: ${missing}`, { next: `platform up --stack ${stack}` });
  }
  return await onMachine({ ...machine, privateKey }, options, work);
}
