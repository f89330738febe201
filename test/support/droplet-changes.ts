import * as s3 from "@aws-sdk/client-s3";
import type { StateResource } from "../../operations/state.ts";
import { type OutOfBand, type Row, hub, lastOf, ocean, settled, textOf } from "./out-of-band.ts";
import type { World } from "./world.ts";

const repository = "/repos/sandbox/odoo-addons";

/** Every kind of resource that a droplet's stack has. Those that take others along come last. */
export const dropletChanges: OutOfBand[] = [
  {
    type: "Droplet",
    what: "has a tag more",
    seenAs: "tags",
    async change(world, { id = "" }) {
      await ocean(world, "POST", "/tags", { name: "by-hand" });
      const resources = [{ resource_id: id, resource_type: "droplet" }];
      await ocean(world, "POST", "/tags/by-hand/resources", { resources });
    },
  },
  {
    type: "Droplet",
    what: "is resized",
    seenAs: "size",
    async change(world, { id = "" }) {
      await ocean(world, "POST", `/droplets/${id}/actions`, { type: "power_off" });
      await settled(world, id);
      await ocean(world, "POST", `/droplets/${id}/actions`, { type: "resize", size: "s-4vcpu-8gb" });
      await settled(world, id);
      await ocean(world, "POST", `/droplets/${id}/actions`, { type: "power_on" });
      await settled(world, id);
    },
  },
  {
    type: "Firewall",
    what: "lets everybody in on 5432",
    seenAs: "inboundRules",
    async change(world, { id = "" }) {
      const { firewall } = (await ocean(world, "GET", `/firewalls/${id}`)) as { firewall: Row };
      const { name, droplet_ids, tags, inbound_rules, outbound_rules } = firewall;
      const open = { protocol: "tcp", ports: "5432", sources: { addresses: ["0.0.0.0/0"] } };
      await ocean(world, "PUT", `/firewalls/${id}`, {
        name,
        droplet_ids,
        tags,
        outbound_rules,
        inbound_rules: [...(inbound_rules as Row[]), open],
      });
    },
  },
  {
    type: "Volume",
    what: "has grown",
    seenAs: "size",
    async change(world, { id = "" }) {
      await ocean(world, "POST", `/volumes/${id}/actions`, { type: "resize", size_gigabytes: 20 });
    },
  },
  {
    type: "DnsRecord",
    what: "leads elsewhere",
    seenAs: "value",
    async change(world, resource) {
      const path = `/domains/${textOf(resource, "domain")}/records/${resource.id}`;
      await ocean(world, "PUT", path, { type: "A", data: "192.0.2.66" });
    },
  },
  {
    type: "Vpc",
    what: "has another name",
    seenAs: "name",
    async change(world, { id = "" }) {
      await ocean(world, "PUT", `/vpcs/${id}`, { name: "by-hand", description: "" });
    },
  },
  {
    type: "SshKey",
    what: "has another name",
    seenAs: "name",
    async change(world, { id = "" }) {
      await ocean(world, "PUT", `/account/keys/${id}`, { name: "by-hand" });
    },
  },
  {
    type: "Project",
    what: "has another description",
    seenAs: "description",
    async change(world, { id = "" }) {
      await ocean(world, "PATCH", `/projects/${id}`, { description: "by hand" });
    },
  },
  {
    type: "UptimeCheck",
    what: "looks elsewhere",
    seenAs: "target",
    async change(world, { id = "" }) {
      const { check } = (await ocean(world, "GET", `/uptime/checks/${id}`)) as { check: Row };
      const { name, type, regions, enabled } = check;
      const target = "https://example.com";
      await ocean(world, "PUT", `/uptime/checks/${id}`, { name, type, regions, enabled, target });
    },
  },
  {
    type: "UptimeAlert",
    what: "waits longer",
    seenAs: "period",
    async change(world, resource) {
      const path = `/uptime/checks/${textOf(resource, "checkId")}/alerts/${resource.id}`;
      const { alert } = (await ocean(world, "GET", path)) as { alert: Row };
      const { id: _, ...rest } = alert;
      await ocean(world, "PUT", path, { ...rest, period: "1h" });
    },
  },
  {
    type: "MonitorAlert",
    what: "is never reached",
    seenAs: "value",
    async change(world, { id = "" }) {
      const { policy } = (await ocean(world, "GET", `/monitoring/alerts/${id}`)) as { policy: Row };
      const { uuid: _, ...rest } = policy;
      await ocean(world, "PUT", `/monitoring/alerts/${id}`, { ...rest, value: 99 });
    },
  },
  {
    type: "SpacesKey",
    what: "may read and write everything",
    seenAs: "grants",
    async change(world, resource) {
      const grants = [{ bucket: "", permission: "fullaccess" }];
      await ocean(world, "PUT", `/spaces/keys/${resource.id}`, { name: textOf(resource, "name"), grants });
    },
  },
  {
    type: "SpacesBucket",
    what: "keeps no old versions",
    seenAs: "versioning",
    async change(world, { id = "" }) {
      const client = spaces(world);
      await client.send(
        new s3.PutBucketVersioningCommand({
          Bucket: id,
          VersioningConfiguration: { Status: "Suspended" },
        }),
      );
    },
  },
  {
    type: "IssueLabel",
    what: "has another colour",
    seenAs: "color",
    async change(world, resource) {
      await hub(world, "PATCH", `${repository}/labels/${encodeURIComponent(lastLabel(resource))}`, {
        color: "000000",
      });
    },
  },
  {
    type: "RepositoryRuleset",
    what: "is no longer in force",
    seenAs: "enforcement",
    async change(world, { id = "" }) {
      await hub(world, "PUT", `${repository}/rulesets/${id}`, { enforcement: "disabled" });
    },
  },
  {
    type: "RepositoryWebhook",
    what: "is switched off",
    seenAs: "active",
    async change(world, { id = "" }) {
      await hub(world, "PATCH", `${repository}/hooks/${id}`, { active: false });
    },
  },
  {
    type: "RepositoryEnvironment",
    what: "lets every branch deploy",
    seenAs: "deploymentBranchPolicy",
    async change(world, resource) {
      const body = { deployment_branch_policy: null };
      await hub(world, "PUT", `${repository}/environments/${lastOf(resource)}`, body);
    },
  },
  {
    type: "ActionsEnvironmentVariable",
    what: "has another value",
    seenAs: "value",
    async change(world, resource) {
      const path = `${repository}/environments/${textOf(resource, "environment")}/variables/${lastOf(resource)}`;
      await hub(world, "PATCH", path, { value: "by-hand" });
    },
  },
  {
    type: "ActionsEnvironmentSecret",
    what: "is deleted",
    seenAs: "gone",
    async change(world, resource) {
      const path = `${repository}/environments/${textOf(resource, "environment")}/secrets/${lastOf(resource)}`;
      await hub(world, "DELETE", path);
    },
  },
  {
    type: "ReservedIpAssignment",
    what: "is taken off the droplet",
    seenAs: "gone",
    async change(world, _, all) {
      await settled(world, all.find(({ type }) => type.endsWith(":Droplet"))?.id ?? "");
      const address = all.find(({ type }) => type.endsWith(":ReservedIp"))?.id ?? "";
      await ocean(world, "POST", `/reserved_ips/${address}/actions`, { type: "unassign" });
    },
  },
];

/** What is deleted outside, and takes others along. */
export const lostThings: OutOfBand[] = [
  {
    type: "VolumeAttachment",
    what: "is taken off the droplet",
    seenAs: "gone",
    async change(world, _, all) {
      const idOf = (type: string): string => all.find((one) => one.type.endsWith(`:${type}`))?.id ?? "";
      const [volume, droplet] = [idOf("Volume"), idOf("Droplet")];
      await settled(world, droplet);
      const body = { type: "detach", droplet_id: Number(droplet) };
      await ocean(world, "POST", `/volumes/${volume}/actions`, body);
    },
  },
  {
    type: "Domain",
    what: "is deleted, and its records with it",
    seenAs: "gone",
    async change(world, { id = "" }) {
      await ocean(world, "DELETE", `/domains/${id}`);
    },
  },
  {
    type: "RepositoryEnvironmentDeploymentPolicy",
    what: "lets another branch deploy",
    seenAs: "branchPattern",
    async change(world, resource) {
      const path = `${repository}/environments/${textOf(resource, "environment")}/deployment-branch-policies/${lastOf(resource)}`;
      await hub(world, "PUT", path, { name: "by-hand/*" });
    },
  },
  {
    type: "ReservedIp",
    what: "is given up",
    seenAs: "gone",
    async change(world, { id = "" }, all) {
      const droplet = all.find((one) => one.type.endsWith(":Droplet"))?.id ?? "";
      await settled(world, droplet);
      await ocean(world, "POST", `/reserved_ips/${id}/actions`, { type: "unassign" });
      await settled(world, droplet);
      await ocean(world, "DELETE", `/reserved_ips/${id}`);
    },
  },
];

const lastLabel = ({ id = "" }: StateResource): string => id.slice(id.indexOf(":") + 1);

/** The vendor's own client of the world's Spaces. */
export function spaces(world: World): s3.S3Client {
  const { ports, credentials } = world.run();
  return new s3.S3Client({
    endpoint: `http://127.0.0.1:${ports.spaces}`,
    region: "sgp1",
    forcePathStyle: true,
    credentials: {
      accessKeyId: credentials.spacesAccessKeyId,
      secretAccessKey: credentials.spacesSecretAccessKey,
    },
  });
}
