import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { z } from "zod";
import { appSizes } from "../../catalog/app-sizes.ts";
import { regions } from "../../catalog/regions.ts";
import { ApiError } from "./errors.ts";
import type { AppComponent, AppSpec, AppVariable } from "./service-rows.ts";

const variable = z.looseObject({
  key: z.string().regex(/^[_A-Za-z][_A-Za-z0-9]*$/, "is no name of a variable"),
  value: z.string().optional(),
  scope: z.enum(["UNSET", "RUN_TIME", "BUILD_TIME", "RUN_AND_BUILD_TIME"]).optional(),
  type: z.enum(["GENERAL", "SECRET"]).optional(),
});
const image = z.looseObject({
  registry_type: z.enum(["DOCKER_HUB", "DOCR", "GHCR"], "must be one of DOCKER_HUB, DOCR, GHCR"),
  repository: z.string("must not be empty").min(1, "must not be empty"),
  digest: z.string().optional(),
});
const componentName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,30}[a-z0-9]$/, "must be 2 to 32 lowercase letters, numbers or dashes");
const alertRules = z.array(z.looseObject({ rule: z.string() })).nullish();
const component = z.looseObject({
  name: componentName,
  instance_size_slug: z.enum(Object.keys(appSizes), "is not a known instance size").optional(),
  instance_count: z.number().int().min(0).max(250).optional(),
  http_port: z.number().int().min(0).max(65_535).optional(),
  envs: z.array(variable).nullish(),
  image: image.nullish(),
  alerts: alertRules,
});
const components = z.array(component).nullish();
const appRegions = [...new Set(Object.values(regions).map((one) => one.app))];

/** The shape of a spec; fields that are not looked at stay as they came. */
const appSpec = z
  .looseObject({
    name: componentName,
    region: z.enum(["", ...appRegions, ...Object.keys(regions)], "is not a known region").optional(),
    envs: z.array(variable).nullish(),
    domains: z
      .array(z.looseObject({ domain: z.hostname("is no domain name"), type: z.string().optional() }))
      .nullish(),
    alerts: alertRules,
    services: components,
    workers: components,
    jobs: components,
    static_sites: components,
  })
  .superRefine((spec, context) => {
    const parts = componentsOf(spec);
    if (parts.length === 0) context.addIssue("must have at least one component");
    const twin = parts.find(({ name }, index) => parts.findIndex((one) => one.name === name) !== index);
    if (twin) context.addIssue(`component names must be unique: "${twin.name}" is there twice`);
    const single = parts.find(
      ({ instance_size_slug: slug, instance_count = 1 }) => instance_count > 1 && isFixed(slug),
    );
    if (single)
      context.addIssue(`component "${single.name}": ${single.instance_size_slug} allows one instance only`);
  });

const isFixed = (slug: string | undefined): boolean =>
  slug !== undefined && !appSizes[slug as keyof typeof appSizes].scalable;

/** The spec, or 400 in App Platform's words, which differ from the rest of the API. */
export function parseSpec(value: unknown): AppSpec {
  const result = appSpec.safeParse(value);
  if (result.success) return result.data;
  const faults = result.error.issues.map(({ path, message }) =>
    path.length > 0
      ? `error validating app spec field "${path.join(".")}": ${message}`
      : `error validating app spec: ${message}`,
  );
  throw new ApiError("invalid_argument", faults.join("; "));
}

export const componentsOf = (spec: AppSpec): AppComponent[] => [
  ...(spec.services ?? []),
  ...(spec.workers ?? []),
  ...(spec.jobs ?? []),
  ...(spec.static_sites ?? []),
];

/**
 * The spec with each SECRET variable sealed as `EV[1:nonce:text]`, which is all that the vendor ever answers. What is
 * sealed already is kept when this app's key opens it.
 */
export function sealSecrets(spec: AppSpec, key: string): AppSpec {
  const sealAll = (envs: AppVariable[] | null | undefined) => envs?.map((one) => sealed(one, key)) ?? [];
  const seal = <T extends { envs?: AppVariable[] | null | undefined }>(one: T): T =>
    one.envs ? { ...one, envs: sealAll(one.envs) } : one;
  const sealIn = (parts: AppComponent[] | null | undefined) => parts?.map(seal);
  const lists = {
    services: sealIn(spec.services),
    workers: sealIn(spec.workers),
    jobs: sealIn(spec.jobs),
    static_sites: sealIn(spec.static_sites),
  };
  return {
    ...seal(spec),
    ...Object.fromEntries(Object.entries(lists).filter(([, parts]) => parts !== undefined)),
  };
}

function sealed(variable: AppVariable, key: string): AppVariable {
  const { type, value } = variable;
  if (type !== "SECRET" || value === undefined) return variable;
  if (!value.startsWith("EV[")) return { ...variable, value: seal(value, key) };
  if (!isSealedBy(value, key))
    throw new ApiError(
      "invalid_argument",
      `error validating app spec field "envs.${variable.key}": secret env value must not be encrypted before app is created`,
    );
  return variable;
}

function seal(text: string, key: string): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", Buffer.from(key, "hex"), nonce);
  const box = Buffer.concat([cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
  return `EV[1:${nonce.toString("base64")}:${box.toString("base64")}]`;
}

function isSealedBy(value: string, key: string): boolean {
  const [, nonce = "", text = ""] = /^EV\[1:([^:]+):([^\]]+)\]$/.exec(value) ?? [];
  const box = Buffer.from(text, "base64");
  try {
    const open = createDecipheriv("aes-256-gcm", Buffer.from(key, "hex"), Buffer.from(nonce, "base64"));
    open.setAuthTag(box.subarray(-16));
    open.update(box.subarray(0, -16));
    open.final();
    return true;
  } catch {
    // Another app's key, or no box at all: both are what the caller asks about.
    return false;
  }
}
