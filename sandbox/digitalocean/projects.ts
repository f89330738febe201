import type { Context } from "hono";
import { z } from "zod";
import type { Cloud } from "./cloud.ts";
import { ApiError, found, invalid } from "./errors.ts";
import { input, noContent, operation, page, param } from "./operation.ts";
import type { Operation } from "./operation.ts";
import type { Project } from "./rows.ts";

const environment = z.preprocess(
  (value) => (typeof value === "string" ? value[0]?.toUpperCase() + value.slice(1).toLowerCase() : value),
  z.enum(["Development", "Staging", "Production"], "must be one of Development, Staging, Production"),
);
const facts = z.object({
  name: z.string("name is required").min(1, "name is required").max(175, "must be at most 175 characters"),
  description: z.string().max(255, "must be at most 255 characters").optional(),
  purpose: z
    .string("purpose is required")
    .min(1, "purpose is required")
    .max(255, "must be at most 255 characters"),
  environment: environment.optional(),
});
const change = facts.extend({ is_default: z.boolean().optional() }).partial();
const urns = z.object({ resources: z.array(z.string().regex(/^do:[a-z]+:.+$/, "is no resource urn")) });

export const projects = (cloud: Cloud): Operation[] => [
  operation("projects_list", "GET /v2/projects", "project:read", (c) => {
    defaultProject(cloud);
    return page(c, "projects", cloud.projects.list().map(show));
  }),

  operation("projects_create", "POST /v2/projects", "project:create", async (c) => {
    defaultProject(cloud);
    const asked = await input(c, facts);
    refuseTaken(cloud, asked.name);
    return c.json({ project: show(add(cloud, asked, false)) }, 201);
  }),

  operation("projects_get", "GET /v2/projects/:project_id", "project:read", (c) =>
    c.json({ project: show(projectAt(c, cloud)) }),
  ),
  operation("projects_update", "PUT /v2/projects/:project_id", "project:update", async (c) =>
    edit(c, cloud, await input(c, facts.extend({ is_default: z.boolean() }))),
  ),
  operation("projects_patch", "PATCH /v2/projects/:project_id", "project:update", async (c) =>
    edit(c, cloud, await input(c, change)),
  ),

  operation("projects_delete", "DELETE /v2/projects/:project_id", "project:delete", (c) => {
    const { id, is_default } = projectAt(c, cloud);
    if (is_default) throw new ApiError("conflict", "cannot delete the default project");
    // The Terraform plugin matches on this sentence, and waits for the resources to go.
    if (resourcesOf(cloud, id).length > 0)
      throw new ApiError(
        "precondition_failed",
        "cannot delete a project with resources. move or remove the resources first",
      );
    cloud.projects.delete(id);
    return noContent(c);
  }),

  operation("projects_list_resources", "GET /v2/projects/:project_id/resources", "project:read", (c) =>
    page(
      c,
      "resources",
      resourcesOf(cloud, projectAt(c, cloud).id).map((one) => showResource(one.urn, one.assigned_at, "ok")),
    ),
  ),

  operation(
    "projects_assign_resources",
    "POST /v2/projects/:project_id/resources",
    "project:assign_resource",
    async (c) => {
      const project = projectAt(c, cloud);
      const asked = (await input(c, urns)).resources.map(canonical);
      // Droplets first: an address that goes along with its droplet is then there already.
      const order = [...new Set(asked)].sort(
        (one, other) => Number(isAddress(one)) - Number(isAddress(other)),
      );
      return c.json({
        resources: order.map((urn) => move(cloud, urn, project.id)),
        links: {},
        meta: { total: order.length },
      });
    },
  ),
];

/** Puts a new thing into the project asked for, or into the default one, as the vendor does on every creation. */
export function assignToDefault(cloud: Cloud, urn: string, asked?: string): void {
  const project = asked ? cloud.projects.get(asked) : defaultProject(cloud);
  if (!project) throw invalid("project not found");
  put(cloud, urn, project.id);
}

/** A thing that is gone is in no project. */
export const release = (cloud: Cloud, urn: string): boolean => cloud.assignments.delete(urn);

/** The id of the project that holds it, or "". */
export const projectOf = (cloud: Cloud, urn: string): string => cloud.assignments.get(urn)?.project ?? "";

/**
 * The vendor lists every reserved address under its older name, whatever it was assigned by; a program that declares
 * `do:reservedip:` has a difference on each run (https://github.com/digitalocean/terraform-provider-digitalocean/issues/1031).
 */
const canonical = (urn: string): string => urn.replace(/^do:reservedip:/, "do:floatingip:");
const isAddress = (urn: string): boolean => urn.startsWith("do:floatingip:");

/** Answers for one urn. Unknown ones are no error: after a destroy the plugin still sends those of its dead droplets. */
function move(cloud: Cloud, urn: string, project: string) {
  const present = cloud.assignments.get(urn);
  if (present?.project === project) return showResource(urn, present.assigned_at, "already_assigned");
  if (!present && !isForeign(urn)) return showResource(urn, cloud.timestamp(), "not_found");
  const ip = isAddress(urn) ? cloud.reservedIps.get(urn.slice("do:floatingip:".length)) : undefined;
  if (typeof ip?.droplet === "number" && projectOf(cloud, `do:droplet:${ip.droplet}`) !== project)
    // https://github.com/digitalocean/terraform-provider-digitalocean/issues/1264
    throw new ApiError("precondition_failed", "Cannot move a Reserved IP with an associated droplet");
  return showResource(urn, put(cloud, urn, project), "assigned");
}

/** Buckets are made by another API, which knows no projects: they appear here when they are first assigned. */
const isForeign = (urn: string): boolean => urn.startsWith("do:space:");

function put(cloud: Cloud, urn: string, project: string): string {
  const assigned_at = cloud.timestamp();
  cloud.assignments.put(urn, { urn, project, assigned_at });
  return assigned_at;
}

/** Every account has one, from its first day. */
function defaultProject(cloud: Cloud): Project {
  const present = cloud.projects.find((one) => one.is_default);
  const first = { name: "first-project", purpose: "Just trying out DigitalOcean" };
  return present ?? add(cloud, first, true);
}

function add(cloud: Cloud, asked: z.infer<typeof facts>, is_default: boolean): Project {
  const [id, now] = [cloud.uuid(), cloud.timestamp()];
  const { name, purpose, description = "", environment = "Development" } = asked;
  const rest = { is_default, created_at: now, updated_at: now };
  return cloud.projects.put(id, { id, name, description, purpose, environment, ...rest });
}

function edit(c: Context, cloud: Cloud, asked: z.infer<typeof change>): Response {
  const project = projectAt(c, cloud);
  if (asked.name !== undefined && asked.name !== project.name) refuseTaken(cloud, asked.name);
  if (asked.is_default)
    for (const one of cloud.projects.list((other) => other.is_default))
      cloud.projects.put(one.id, { ...one, is_default: false });
  const edited: Project = {
    ...project,
    name: asked.name ?? project.name,
    description: asked.description ?? project.description,
    purpose: asked.purpose ?? project.purpose,
    environment: asked.environment ?? project.environment,
    is_default: project.is_default || asked.is_default === true,
    updated_at: cloud.timestamp(),
  };
  return c.json({ project: show(cloud.projects.put(project.id, edited)) });
}

function refuseTaken(cloud: Cloud, name: string): void {
  if (cloud.projects.find((one) => one.name === name))
    throw new ApiError("conflict", "name is already in use");
}

const projectAt = (c: Context, cloud: Cloud): Project => {
  const id = param(c, "project_id");
  return id === "default" ? defaultProject(cloud) : found(cloud.projects.get(id));
};

const resourcesOf = (cloud: Cloud, project: string) =>
  cloud.assignments.list((one) => one.project === project);

const owner = { owner_uuid: "99525febec065ca37b2ffe4f852fd2b2581895e7", owner_id: 258992 };
const show = (project: Project) => ({ ...owner, ...project });

const showResource = (urn: string, assigned_at: string, status: string) => ({
  urn,
  assigned_at,
  links: { self: `https://api.digitalocean.com/v2/${pathOf(urn)}` },
  status,
});

const paths: Record<string, string> = { dbaas: "databases", floatingip: "floating_ips", space: "spaces" };

function pathOf(urn: string): string {
  const [, kind = "", id = ""] = /^do:([a-z]+):(.+)$/.exec(urn) ?? [];
  return `${paths[kind] ?? `${kind}s`}/${id}`;
}
