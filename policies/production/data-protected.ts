import type { ResourceValidationPolicy } from "@pulumi/policy";
import { violation } from "./platform.ts";

/** What cannot be had back once it is deleted: data, and the address that the world knows. */
const irreplaceable: ReadonlySet<string> = new Set([
  "digitalocean:index/volume:Volume",
  "digitalocean:index/databaseCluster:DatabaseCluster",
  "digitalocean:index/databaseDb:DatabaseDb",
  "digitalocean:index/spacesBucket:SpacesBucket",
  "digitalocean:index/reservedIp:ReservedIp",
]);

/** Whatever holds data is protected, so that neither a mistake in the program nor `pulumi destroy` takes it away. */
export const dataProtected: ResourceValidationPolicy = {
  name: "production/data-protected",
  description: "What holds data is protected.",
  enforcementLevel: "mandatory",
  validateResource: ({ type, name, props, opts }, report) => {
    if (!irreplaceable.has(type)) return;
    if (!opts.protect)
      report(violation({ name, type }, "it is not protected", "declare it with the option protect: true"));
    if (props["forceDestroy"] !== undefined && props["forceDestroy"] !== false)
      report(violation({ name, type }, "forceDestroy would delete it with all it holds", "leave it out"));
  },
};
