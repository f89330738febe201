import { createHash } from "node:crypto";
import { type Context, Hono } from "hono";
import type { World } from "../world.ts";
import { type GitHubOptions, acceptedTokens } from "./options.ts";

interface Manifest {
  name: string;
  digest: string;
  type: string;
  body: string;
}

interface Tag {
  name: string;
  tag: string;
  digest: string;
}

const manifestType = "application/vnd.oci.image.manifest.v1+json";

/** Tags that stand there from the start, so that an app has something to be deployed. */
const seeded = ["19.0", "19.0.1", "19.0.2"];

/**
 * The emulated ghcr.io, as far as a name is looked up there: manifests by tag and digest, and the list of tags. Packages are
 * public; a token pushes. Layers are not kept, because nothing in the sandbox pulls from here.
 *
 * @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md
 */
export function packages(world: World, options: GitHubOptions): Hono {
  const manifests = world.store.table<Manifest>("manifests");
  const tags = world.store.table<Tag>("tags");
  const put = (name: string, reference: string, type: string, body: string): string => {
    const digest = `sha256:${createHash("sha256").update(body).digest("hex")}`;
    manifests.put(`${name}@${digest}`, { name, digest, type, body });
    if (!reference.startsWith("sha256:")) tags.put(`${name}:${reference}`, { name, tag: reference, digest });
    return digest;
  };
  const seed = (): void => {
    const name = `${options.owner}/odoo`;
    if (tags.find((one) => one.name === name)) return;
    for (const tag of seeded) put(name, tag, manifestType, emptyImage(name, tag));
  };
  const app = new Hono();

  app.use("/v2/*", async (c, next) => {
    seed();
    if (c.req.header("authorization")?.startsWith("Bearer ")) return await next();
    const { origin } = new URL(c.req.url);
    const [, name = ""] = /^\/v2\/(.+)\/(?:manifests|tags)\//.exec(c.req.path) ?? [];
    const scope = name === "" ? "" : `,scope="repository:${name}:pull"`;
    const header = { "WWW-Authenticate": `Bearer realm="${origin}/token",service="ghcr.io"${scope}` };
    return refused(c, 401, "UNAUTHORIZED", "authentication required", header);
  });

  app.get("/token", (c) => {
    const [, given = ""] = /^Basic (.+)$/.exec(c.req.header("authorization") ?? "") ?? [];
    const secret = Buffer.from(given, "base64").toString().split(":")[1];
    if (secret !== undefined && !isToken(options, secret))
      return refused(c, 403, "DENIED", "requested access to the resource is denied");
    return c.json({ token: Buffer.from(secret ?? "anonymous").toString("base64") });
  });

  app.get("/v2/", (c) => c.json({}));

  app.get("/v2/:name{.+}/tags/list", (c) => {
    const name = c.req.param("name");
    const own = tags.list((one) => one.name === name).map(({ tag }) => tag);
    if (own.length === 0) return refused(c, 404, "NAME_UNKNOWN", "repository name not known to registry");
    return c.json({ name, tags: own.sort() });
  });

  // Hono answers HEAD by the same handler, without the body.
  app.get("/v2/:name{.+}/manifests/:reference", (c) => {
    const { name, reference } = c.req.param();
    const digest = tags.get(`${name}:${reference}`)?.digest ?? reference;
    const manifest = manifests.get(`${name}@${digest}`);
    if (!manifest) return refused(c, 404, "MANIFEST_UNKNOWN", "manifest unknown");
    return c.body(manifest.body, 200, {
      "Content-Type": manifest.type,
      "Docker-Content-Digest": manifest.digest,
    });
  });

  app.put("/v2/:name{.+}/manifests/:reference", async (c) => {
    const [, bearer = ""] = /^Bearer (.+)$/.exec(c.req.header("authorization") ?? "") ?? [];
    if (!isToken(options, Buffer.from(bearer, "base64").toString()))
      return refused(c, 401, "UNAUTHORIZED", "authentication required");
    const { name, reference } = c.req.param();
    const type = c.req.header("content-type") ?? manifestType;
    const digest = put(name, reference, type, await c.req.text());
    return c.body(null, 201, { "Docker-Content-Digest": digest });
  });

  return app;
}

/** An image without layers, another one for each tag. */
const emptyImage = (name: string, tag: string): string =>
  JSON.stringify({
    schemaVersion: 2,
    mediaType: manifestType,
    config: { mediaType: "application/vnd.oci.image.config.v1+json", digest: "sha256:", size: 0 },
    layers: [],
    annotations: { "org.opencontainers.image.title": name, "org.opencontainers.image.version": tag },
  });

const isToken = (options: GitHubOptions, value: string): boolean =>
  acceptedTokens(options).some((one) => one.value === value);

const refused = (
  c: Context,
  status: 401 | 403 | 404,
  code: string,
  message: string,
  headers: Record<string, string> = {},
): Response => c.json({ errors: [{ code, message }] }, status, headers);
