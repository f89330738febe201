import { createHash } from "node:crypto";
import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { type HostConcern, type Machine, hostCommand, hostFile } from "./host-command.ts";

export interface InventoryArgs {
  machine: Machine;
  /** All that the machine was brought before. Those of it that are commands are what the inventory is taken anew for. */
  concerns: pulumi.Resource[];
}

/**
 * What the machine is once everything has been brought to it: taken after every update that changed something of it, and
 * kept in the state as this command's answer. `platform drift` compares the machine with it.
 *
 * @example
 * new Inventory("odoo-prod", { machine, concerns: [...base.done, odoo.applied, nginx.applied] }, { dependsOn: nginx.applied });
 */
export class Inventory extends pulumi.ComponentResource {
  readonly taken: command.remote.Command;

  constructor(name: string, args: InventoryArgs, opts?: pulumi.ComponentResourceOptions) {
    super("odoo-platform:index:Inventory", name, {}, opts);
    const commands = args.concerns.filter((one) => command.remote.Command.isInstance(one));
    const digests = pulumi.all(commands.map((one) => concernDigest(name, one)));
    const concern = inventoryConcern(digests.apply((all) => all.join(" ")));
    this.taken = hostCommand(`${name}-inventory`, concern, args.machine, {
      parent: this,
      // It holds digests of secrets.
      additionalSecretOutputs: ["stdout"],
    });
    this.registerOutputs({});
  }
}

/** "odoo=0123456789abcdef": another digest when anything of what is sent is another. As secret as that. */
function concernDigest(name: string, { urn, stdin }: command.remote.Command): pulumi.Output<string> {
  return pulumi.all([urn, stdin]).apply(([urn, text]) => {
    const concern = urn.slice(urn.lastIndexOf("::") + 2).replace(`${name}-`, "");
    return `${concern}=${createHash("sha256")
      .update(text ?? "")
      .digest("hex")
      .slice(0, 16)}`;
  });
}

function inventoryConcern(digests: pulumi.Input<string>): HostConcern {
  return {
    name: "inventory",
    files: [
      {
        path: "/usr/local/lib/odoo-platform/drift-probe",
        text: hostFile("probe/drift.sh"),
        mode: "0755",
      },
    ],
    apply: hostFile("inventory/apply.sh"),
    variables: { CONCERNS: digests },
  };
}
