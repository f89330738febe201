import type { Call, Plugin } from "../protocol/plugin.ts";
import { copyToRemote } from "./copy.ts";
import { localCommand } from "./local.ts";
import { notedCommand, remoteCommand, remoteCommandWithoutAgent } from "./remote.ts";

/** The resource types of `@pulumi/command` that the platform uses. They need nothing but the call itself. */
export const command = (): Plugin<Call> =>
  plugin({
    "command:local:Command": localCommand,
    "command:remote:Command": remoteCommand,
    "command:remote:CopyToRemote": copyToRemote,
  });

/**
 * - "remote": commands on machines, with keys that come with the call. Nothing of this computer is run, read or shown.
 * - "noted": the same taken and not run, where droplets are rows.
 */
export type CommandScope = "remote" | "noted";

/** For a process that stays: only what does nothing in the name of the user that runs it. */
export const commandsOnMachines = (scope: CommandScope): Plugin<Call> =>
  plugin({ "command:remote:Command": scope === "noted" ? notedCommand : remoteCommandWithoutAgent });

const plugin = (resources: Plugin<Call>["resources"]): Plugin<Call> => ({
  version: "1.2.1",
  connect: () => (call) => call,
  resources,
});
