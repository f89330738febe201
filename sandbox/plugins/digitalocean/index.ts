import type { Pace } from "../protocol/http.ts";
import type { Plugin } from "../protocol/plugin.ts";
import { app } from "./app.ts";
import { certificate } from "./certificate.ts";
import { connect, type DigitalOcean, type Environment } from "./client.ts";
import { databaseCluster } from "./database-cluster.ts";
import { databaseConnectionPool, databaseDb, databaseFirewall, databaseUser } from "./database-parts.ts";
import { dnsRecord, domain } from "./domain.ts";
import { droplet } from "./droplet.ts";
import { firewall } from "./firewall.ts";
import { functions } from "./functions.ts";
import { monitorAlert, uptimeAlert, uptimeCheck } from "./monitoring.ts";
import { project, projectResources } from "./project.ts";
import { reservedIp, reservedIpAssignment } from "./reserved-ip.ts";
import { spacesBucket } from "./spaces-bucket.ts";
import { spacesKey } from "./spaces-key.ts";
import { sshKey } from "./ssh-key.ts";
import { volumeAttachment } from "./volume-attachment.ts";
import { volume } from "./volume.ts";
import { vpc } from "./vpc.ts";

/** The resource types of `@pulumi/digitalocean` that the platform uses. */
export const digitalocean = (env: Environment, pace: Pace): Plugin<DigitalOcean> => ({
  version: "4.80.1",
  connect: connect(env, pace),
  functions,
  resources: {
    "digitalocean:index/app:App": app,
    "digitalocean:index/certificate:Certificate": certificate,
    "digitalocean:index/databaseCluster:DatabaseCluster": databaseCluster,
    "digitalocean:index/databaseConnectionPool:DatabaseConnectionPool": databaseConnectionPool,
    "digitalocean:index/databaseDb:DatabaseDb": databaseDb,
    "digitalocean:index/databaseFirewall:DatabaseFirewall": databaseFirewall,
    "digitalocean:index/databaseUser:DatabaseUser": databaseUser,
    "digitalocean:index/dnsRecord:DnsRecord": dnsRecord,
    "digitalocean:index/domain:Domain": domain,
    "digitalocean:index/droplet:Droplet": droplet,
    "digitalocean:index/firewall:Firewall": firewall,
    "digitalocean:index/monitorAlert:MonitorAlert": monitorAlert,
    "digitalocean:index/project:Project": project,
    "digitalocean:index/projectResources:ProjectResources": projectResources,
    "digitalocean:index/reservedIp:ReservedIp": reservedIp,
    "digitalocean:index/reservedIpAssignment:ReservedIpAssignment": reservedIpAssignment,
    "digitalocean:index/spacesBucket:SpacesBucket": spacesBucket,
    "digitalocean:index/spacesKey:SpacesKey": spacesKey,
    "digitalocean:index/sshKey:SshKey": sshKey,
    "digitalocean:index/uptimeAlert:UptimeAlert": uptimeAlert,
    "digitalocean:index/uptimeCheck:UptimeCheck": uptimeCheck,
    "digitalocean:index/volume:Volume": volume,
    "digitalocean:index/volumeAttachment:VolumeAttachment": volumeAttachment,
    "digitalocean:index/vpc:Vpc": vpc,
  },
});
