import type { Call, Plugin } from "../protocol/plugin.ts";
import { copyToRemote } from "./copy.ts";
import { localCommand } from "./local.ts";
import { remoteCommand } from "./remote.ts";

/** The resource types of `@pulumi/command` that the platform uses. They need nothing but the call itself. */
export const command = (): Plugin<Call> => ({
  version: "1.2.1",
  connect: () => (call) => call,
  resources: {
    "command:local:Command": localCommand,
    "command:remote:Command": remoteCommand,
    "command:remote:CopyToRemote": copyToRemote,
  },
});
