import type { Pace } from "../protocol/http.ts";
import type { Plugin } from "../protocol/plugin.ts";
import { connect, type DigitalOcean, type Environment } from "./client.ts";
import { dnsRecord, domain } from "./domain.ts";
import { droplet } from "./droplet.ts";
import { firewall } from "./firewall.ts";
import { project, projectResources } from "./project.ts";
import { reservedIp, reservedIpAssignment } from "./reserved-ip.ts";
import { sshKey } from "./ssh-key.ts";
import { volumeAttachment } from "./volume-attachment.ts";
import { volume } from "./volume.ts";
import { vpc } from "./vpc.ts";

/** The resource types of `@pulumi/digitalocean` that the platform uses. */
export const digitalocean = (env: Environment, pace: Pace): Plugin<DigitalOcean> => ({
  version: "4.80.1",
  connect: connect(env, pace),
  resources: {
    "digitalocean:index/dnsRecord:DnsRecord": dnsRecord,
    "digitalocean:index/domain:Domain": domain,
    "digitalocean:index/droplet:Droplet": droplet,
    "digitalocean:index/firewall:Firewall": firewall,
    "digitalocean:index/project:Project": project,
    "digitalocean:index/projectResources:ProjectResources": projectResources,
    "digitalocean:index/reservedIp:ReservedIp": reservedIp,
    "digitalocean:index/reservedIpAssignment:ReservedIpAssignment": reservedIpAssignment,
    "digitalocean:index/sshKey:SshKey": sshKey,
    "digitalocean:index/volume:Volume": volume,
    "digitalocean:index/volumeAttachment:VolumeAttachment": volumeAttachment,
    "digitalocean:index/vpc:Vpc": vpc,
  },
});
