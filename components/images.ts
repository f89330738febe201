import type * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { type HostConcern, type Machine, hostCommand, hostFile } from "./host-command.ts";
import type { Release } from "./release.ts";

export interface ImagesArgs {
  machine: Machine;
  /** References of everything that the machine runs. */
  images: string[];
  /** Host of the registry that the credentials are for. */
  registry: string;
  /** user:token that may pull. Secret. @default none: the images are public */
  credentials?: pulumi.Input<string> | undefined;
}

/**
 * The images that the machine runs, pulled before anything is stopped for a new one. Everything that runs a container
 * depends on it.
 *
 * @example
 * new Images("odoo-prod", { machine, images: [imageReference(release)], registry: release.registry }, { dependsOn: base });
 */
export class Images extends pulumi.ComponentResource {
  readonly applied: command.remote.Command;

  constructor(name: string, args: ImagesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("odoo-platform:index:Images", name, {}, opts);
    this.applied = hostCommand(`${name}-images`, imagesConcern(args), args.machine, { parent: this });
    this.registerOutputs({});
  }
}

export function imagesConcern(args: Omit<ImagesArgs, "machine">): HostConcern {
  const credentials =
    args.credentials === undefined
      ? []
      : [
          {
            path: "/run/odoo-platform/registry-credentials",
            text: pulumi.secret(args.credentials),
            mode: "0400",
          },
        ];
  return {
    name: "images",
    files: [
      { path: "/usr/local/lib/odoo-platform/containers.sh", text: hostFile("images/containers.sh") },
      ...credentials,
    ],
    apply: hostFile("images/apply.sh"),
    variables: { IMAGES: [...new Set(args.images)].join(" "), IMAGE_REGISTRY: args.registry },
  };
}

/** Images that are built beside a release's, tagged by the major version of what they hold. */
const companions = { postgres: "17", "mail-catcher": "3", n8n: "2" } as const;

export function companionImage(
  { registry, repository }: Pick<Release, "registry" | "repository">,
  companion: keyof typeof companions,
): string {
  return `${registry}/${repository}-${companion}:${companions[companion]}`;
}
