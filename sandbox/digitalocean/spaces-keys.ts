import { randomBytes } from "node:crypto";
import type { Context } from "hono";
import { z } from "zod";
import { Cloud } from "./cloud.ts";
import { ApiError, found } from "./errors.ts";
import { input, noContent, omit, operation, page, param } from "./operation.ts";
import type { Operation } from "./operation.ts";
import type { World } from "../world.ts";
import type { SpacesKey } from "./service-rows.ts";

const grant = z.object({
  bucket: z.string().default(""),
  permission: z.enum(["read", "readwrite", "fullaccess"], "must be one of read, readwrite, fullaccess"),
});
const facts = z.object({
  name: z.string("name is required").min(1, "name is required"),
  grants: z.array(grant).default([]),
});
const change = z.object({ name: facts.shape.name.optional(), grants: z.array(grant).nullish() });

export const spacesKeys = (cloud: Cloud): Operation[] => [
  operation("spacesKey_list", "GET /v2/spaces/keys", "spaces_key:read", (c) => {
    const [name, bucket] = [c.req.query("name"), c.req.query("bucket")];
    const list = cloud.spacesKeys.list(
      (one) =>
        (!name || one.name === name) && (!bucket || one.grants.some((grant) => grant.bucket === bucket)),
    );
    return page(c, "keys", list.map(show));
  }),

  operation("spacesKey_create", "POST /v2/spaces/keys", "spaces_key:create_credentials", async (c) => {
    const { name, grants } = await input(c, facts);
    const key: SpacesKey = {
      name,
      access_key: `DO00${randomBytes(8).toString("hex").toUpperCase()}`,
      secret_key: randomBytes(32).toString("base64url"),
      grants: checked(grants),
      created_at: cloud.timestamp(),
    };
    // The one answer that holds the secret.
    return c.json({ key: cloud.spacesKeys.put(key.access_key, key) }, 201);
  }),

  operation("spacesKey_get", "GET /v2/spaces/keys/:access_key", "spaces_key:read", (c) =>
    c.json({ key: show(keyOf(c, cloud)) }),
  ),
  operation("spacesKey_update", "PUT /v2/spaces/keys/:access_key", "spaces_key:update", (c) =>
    edit(c, cloud),
  ),
  operation("spacesKey_patch", "PATCH /v2/spaces/keys/:access_key", "spaces_key:update", (c) =>
    edit(c, cloud),
  ),

  operation("spacesKey_delete", "DELETE /v2/spaces/keys/:access_key", "spaces_key:delete", (c) => {
    cloud.spacesKeys.delete(keyOf(c, cloud).access_key);
    return noContent(c);
  }),
];

/** The keys of an account, for the emulated Spaces: what an access key's secret is and what it may do. */
export const spacesKeyring =
  (world: World) =>
  (accessKey: string): Pick<SpacesKey, "secret_key" | "grants"> | undefined =>
    new Cloud(world).spacesKeys.get(accessKey);

/** Full access is to all buckets and stands alone; the others name one bucket each. */
function checked(grants: z.infer<typeof grant>[]): z.infer<typeof grant>[] {
  const full = grants.filter((one) => one.permission === "fullaccess");
  if (full.length > 0 && (grants.length > 1 || full.some((one) => one.bucket !== "")))
    throw new ApiError("bad_request", "fullaccess permission must be the only grant, with an empty bucket");
  if (full.length === 0 && grants.some((one) => one.bucket === ""))
    throw new ApiError("bad_request", "bucket is required for read and readwrite permissions");
  return grants;
}

async function edit(c: Context, cloud: Cloud): Promise<Response> {
  const key = keyOf(c, cloud);
  const { name, grants } = await input(c, change);
  const edited = { ...key, name: name ?? key.name, grants: grants ? checked(grants) : key.grants };
  return c.json({ key: show(cloud.spacesKeys.put(key.access_key, edited)) });
}

const keyOf = (c: Context, cloud: Cloud): SpacesKey => found(cloud.spacesKeys.get(param(c, "access_key")));

const show = (key: SpacesKey) => omit(key, "secret_key");
