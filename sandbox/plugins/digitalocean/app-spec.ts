import { bool, list, number, object, set, text, type Property, type Shape } from "../protocol/schema.ts";

/*
 * https://docs.digitalocean.com/products/app-platform/reference/app-spec/ as the official plugin has it. Left out, and
 * so refused: the deprecated routes and CORS rules of a component, and autoscaling.
 */

/** The vendor does not always answer `GENERAL`. */
const general = (old: unknown, now: unknown): boolean =>
  now === "GENERAL" && (old === undefined || old === "");

const envs = set(
  object({
    key: text(),
    // A secret is answered encrypted (`EV[1:...]`). The official plugin takes that for a change on every run
    // (digitalocean/terraform-provider-digitalocean#1603), and so does this one.
    value: text(),
    scope: text({
      default: "RUN_AND_BUILD_TIME",
      oneOf: ["UNSET", "RUN_TIME", "BUILD_TIME", "RUN_AND_BUILD_TIME"],
    }),
    type: text({ computed: true, oneOf: ["GENERAL", "SECRET"], same: general }),
  }),
);

const image = object({
  registryType: text({ required: true, oneOf: ["UNSPECIFIED", "DOCKER_HUB", "DOCR", "GHCR"] }),
  registry: text(),
  repository: text({ required: true }),
  tag: text(),
  digest: text(),
  registryCredentials: text(),
  deployOnPushes: list(object({ enabled: bool() }), { computed: true, single: true, api: "deploy_on_push" }),
});

const hosted = object({ repo: text(), branch: text(), deployOnPush: bool() });

const healthCheck = object({
  httpPath: text(),
  port: number({ min: 1, max: 65535 }),
  initialDelaySeconds: number(),
  periodSeconds: number(),
  timeoutSeconds: number(),
  successThreshold: number(),
  failureThreshold: number(),
});

/**
 * Who is told is no part of the vendor's spec. The official plugin sends it apart and never reads it back, so that it
 * differs on every run (digitalocean/terraform-provider-digitalocean#1606); so does this one.
 */
const destinations = object(
  {
    emails: list(text({ min: 3, max: 100 })),
    slackWebhooks: list(object({ channel: text({ required: true }), url: text({ required: true }) })),
  },
  { apart: true },
);

const componentAlerts = list(
  object({
    rule: text({
      required: true,
      oneOf: ["UNSPECIFIED_RULE", "CPU_UTILIZATION", "MEM_UTILIZATION", "RESTART_COUNT"],
    }),
    operator: text({ required: true, oneOf: ["GREATER_THAN", "LESS_THAN", "UNSPECIFIED_OPERATOR"] }),
    window: text({
      required: true,
      oneOf: ["FIVE_MINUTES", "TEN_MINUTES", "THIRTY_MINUTES", "ONE_HOUR", "UNSPECIFIED_WINDOW"],
    }),
    value: number({ required: true, min: 0 }),
    disabled: bool({ default: false }),
    destinations,
  }),
);

const logDestinations = list(
  object({
    name: text({ required: true }),
    papertrail: object({ endpoint: text({ required: true }) }),
    datadog: object({ endpoint: text(), apiKey: text({ required: true }) }),
    logtail: object({ token: text({ required: true }) }),
  }),
);

const component: Shape = {
  name: text({ required: true }),
  git: object({ repoCloneUrl: text(), branch: text() }),
  github: hosted,
  gitlab: hosted,
  bitbucket: hosted,
  envs,
  sourceDir: text(),
  environmentSlug: text(),
  dockerfilePath: text(),
  buildCommand: text(),
};

/** What runs on instances of its own. */
const running: Shape = {
  ...component,
  image,
  runCommand: text(),
  instanceSizeSlug: text(),
  instanceCount: number(),
  alerts: componentAlerts,
  logDestinations,
};

const grace = number({ min: 1, max: 600 });

const services = list(
  object({
    ...running,
    httpPort: number({ computed: true }),
    internalPorts: set(number(), { computed: true }),
    healthCheck,
    livenessHealthCheck: healthCheck,
    termination: object({ gracePeriodSeconds: grace, drainSeconds: number({ min: 1, max: 110 }) }),
  }),
);

const workers = list(
  object({
    ...running,
    livenessHealthCheck: healthCheck,
    termination: object({ gracePeriodSeconds: grace }),
  }),
);

const jobs = list(
  object({
    ...running,
    kind: text({
      default: "UNSPECIFIED",
      oneOf: ["UNSPECIFIED", "PRE_DEPLOY", "POST_DEPLOY", "FAILED_DEPLOY"],
    }),
    termination: object({ gracePeriodSeconds: grace }),
  }),
);

const staticSites = list(
  object({
    ...component,
    outputDir: text(),
    indexDocument: text(),
    errorDocument: text(),
    catchallDocument: text(),
  }),
);

const databases = list(
  object({
    name: text(),
    engine: text({
      oneOf: ["UNSET", "MYSQL", "PG", "REDIS", "MONGODB", "KAFKA", "OPENSEARCH", "VALKEY"],
    }),
    version: text(),
    production: bool(),
    clusterName: text(),
    dbName: text(),
    dbUser: text(),
  }),
);

const ingress = object(
  {
    rules: list(
      object({
        match: object({ path: object({ prefix: text() }), authority: object({ exact: text() }) }),
        component: object({ name: text(), preservePathPrefix: bool(), rewrite: text() }),
        redirect: object({
          uri: text(),
          authority: text(),
          port: number(),
          scheme: text(),
          redirectCode: number({ default: 302 }),
        }),
      }),
    ),
  },
  { computed: true },
);

const alerts = list(
  object({
    rule: text({
      required: true,
      oneOf: [
        "DEPLOYMENT_FAILED",
        "DEPLOYMENT_LIVE",
        "DEPLOYMENT_STARTED",
        "DEPLOYMENT_CANCELED",
        "DOMAIN_FAILED",
        "DOMAIN_LIVE",
        "AUTOSCALE_FAILED",
        "AUTOSCALE_SUCCEEDED",
      ],
    }),
    disabled: bool({ default: false }),
    destinations,
  }),
);

const domainNames = list(
  object({
    name: text({ required: true, api: "domain" }),
    type: text({ computed: true, oneOf: ["DEFAULT", "PRIMARY", "ALIAS"] }),
    wildcard: bool({ computed: true }),
    zone: text(),
  }),
  { computed: true, api: "domains" },
);

export const appSpec: Property = object({
  name: text({ required: true, min: 2, max: 32 }),
  region: text(),
  domainNames,
  services,
  workers,
  jobs,
  staticSites,
  databases,
  envs,
  alerts,
  ingress,
  egresses: list(object({ type: text({ oneOf: ["AUTOASSIGN", "DEDICATED_IP"] }) }), {
    single: true,
    api: "egress",
  }),
  maintenance: object({ enabled: bool(), archive: bool(), offlinePageUrl: text() }),
  vpcs: list(object({ id: text({ required: true }) }), { single: true, api: "vpc" }),
  features: set(text(), { computed: true }),
  disableEdgeCache: bool({ default: false }),
  disableEmailObfuscation: bool({ default: false }),
  enhancedThreatControlEnabled: bool({ default: false }),
});
