import assert from "node:assert/strict";
import { type AppSpecArgs, appSpec, secretPaths } from "../../components/app-spec.ts";
import { refusalOf } from "../support/user-error.ts";

const args: AppSpecArgs = {
  name: "odoo-prod",
  region: "fra1",
  domain: "erp.example.com",
  size: "apps-s-1vcpu-2gb",
  instances: 2,
  cronSize: "apps-s-1vcpu-1gb",
  workers: "auto",
  release: { registry: "ghcr.io", repository: "acme/odoo", tag: "19.0" },
  database: { clusterName: "odoo-prod-database", version: "17", name: "odoo", user: "odoo" },
  env: [
    { key: "ODOO_ADMIN_PASSWORD", value: "hidden", secret: true },
    { key: "FILESTORE_BUCKET", value: "files", secret: false },
  ],
};

const imageOf = (release: Partial<AppSpecArgs["release"]>, more: Partial<AppSpecArgs> = {}): unknown => {
  const [service] = appSpec({ ...args, ...more, release: { ...args.release, ...release } })
    .services as object[];
  return (service as { image: unknown }).image;
};

const webCommand = (more: Partial<AppSpecArgs>): string => {
  const [web] = appSpec({ ...args, ...more }).services as { runCommand: string }[];
  return web?.runCommand ?? "";
};

describe("what App Platform runs", () => {
  it("is web and websocket, one cron worker, and a job before each deployment, all of one image", () => {
    const spec = appSpec(args) as unknown as Record<
      string,
      { name: string; kind?: string; image: object; instanceCount: number }[]
    >;
    const parts = ["services", "workers", "jobs"].flatMap((kind) => spec[kind] ?? []);
    assert.deepEqual(
      parts.map(({ name, kind, instanceCount }) => [name, kind, instanceCount]),
      [
        ["web", undefined, 2],
        ["websocket", undefined, 1],
        ["cron", undefined, 1],
        ["update-modules", "PRE_DEPLOY", 1],
      ],
    );
    const image = { registryType: "GHCR", registry: "acme", repository: "odoo", tag: "19.0" };
    for (const part of parts) assert.deepEqual(part.image, image);
  });

  it("stands in the city, not in the data centre", () => assert.equal(appSpec(args).region, "fra"));

  it("sends the websocket's path to its own process before all others", () => {
    const { rules } = appSpec(args).ingress as {
      rules: { match: { path: { prefix: string } }; component: { name: string } }[];
    };
    assert.deepEqual(
      rules.map(({ match, component }) => [match.path.prefix, component.name]),
      [
        ["/websocket", "websocket"],
        ["/", "web"],
      ],
    );
  });

  it("keeps secrets at the app and everything else at its parts", () => {
    const spec = appSpec(args) as unknown as {
      envs: { key: string; type: string }[];
      services: { envs: { key: string; type: string }[] }[];
    };
    assert.deepEqual(
      spec.envs.map(({ key, type }) => [key, type]),
      [["ODOO_ADMIN_PASSWORD", "SECRET"]],
    );
    const open = spec.services[0]?.envs ?? [];
    assert.ok(open.every(({ type }) => type === "GENERAL"));
    assert.deepEqual(open.map(({ key }) => key).slice(-2), ["PGSSLMODE", "FILESTORE_BUCKET"]);
  });

  it("names every place that holds a secret, so that none differs on every run", () => {
    assert.deepEqual(secretPaths(appSpec({ ...args, registryCredentials: "u:t" })), [
      "spec.envs",
      "spec.services[0].image.registryCredentials",
      "spec.services[1].image.registryCredentials",
      "spec.workers[0].image.registryCredentials",
      "spec.jobs[0].image.registryCredentials",
    ]);
  });

  for (const [workers, size, count] of [
    ["auto", "apps-s-1vcpu-1gb", 2],
    ["auto", "apps-s-2vcpu-4gb", 4],
    ["auto", "apps-d-4vcpu-8gb", 8],
    [3, "apps-s-1vcpu-1gb", 3],
  ] as const) {
    it(`gives ${workers} workers on ${size} ${count}`, () => {
      assert.match(webCommand({ workers, size }), new RegExp(`--workers=${count} --max-cron-threads=0$`));
    });
  }
});

describe("the image of an app", () => {
  const digest = `sha256:${"a".repeat(64)}`;

  it("is named by its digest where there is one, and then by no tag", () => {
    const image = { registryType: "GHCR", registry: "acme", repository: "odoo", digest };
    assert.deepEqual(imageOf({ digest }), image);
  });

  it("keeps what stands after the owner", () => {
    assert.deepEqual(imageOf({ registry: "docker.io", repository: "acme/team/odoo" }), {
      registryType: "DOCKER_HUB",
      registry: "acme",
      repository: "team/odoo",
      tag: "19.0",
    });
  });

  it("names no owner in DigitalOcean's own registry", () => {
    assert.deepEqual(imageOf({ registry: "registry.digitalocean.com" }), {
      registryType: "DOCR",
      repository: "odoo",
      tag: "19.0",
    });
  });

  it("is pulled with credentials where there are some", () => {
    const image = imageOf({}, { registryCredentials: "user:token" }) as { registryCredentials: string };
    assert.equal(image.registryCredentials, "user:token");
  });

  it("is refused from a registry that App Platform does not know", async () => {
    const { exit, message } = await refusalOf(() => imageOf({ registry: "quay.io" }));
    assert.equal(exit, "badInput");
    assert.equal(
      message,
      'release: App Platform cannot pull from "quay.io"; there is ghcr.io, docker.io, registry.digitalocean.com',
    );
  });
});
