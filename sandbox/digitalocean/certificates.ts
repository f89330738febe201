import { X509Certificate, createHash } from "node:crypto";
import type { Context } from "hono";
import { z } from "zod";
import type { Cloud } from "./cloud.ts";
import { ApiError, found, invalid } from "./errors.ts";
import { input, noContent, operation, page, param } from "./operation.ts";
import type { Operation } from "./operation.ts";
import type { Certificate } from "./rows.ts";

const name = z.string("name is required").min(1, "name is required");
const creation = z.discriminatedUnion("type", [
  z.object({
    name,
    type: z.literal("lets_encrypt"),
    dns_names: z.array(z.string()).min(1, "dns_names is required"),
  }),
  z.object({ name, type: z.literal("custom"), leaf_certificate: z.string(), private_key: z.string() }),
]);
type Creation = z.infer<typeof creation>;

/** Certificates for load balancers and the CDN. An own one is really parsed; Let's Encrypt's is only said to exist. */
export const certificates = (cloud: Cloud): Operation[] => [
  operation("certificates_list", "GET /v2/certificates", "certificate:read", (c) => {
    const wanted = c.req.query("name");
    const list = cloud.certificates.list((one) => !wanted || one.name === wanted);
    return page(
      c,
      "certificates",
      list.map((one) => show(cloud, one)),
    );
  }),

  operation("certificates_create", "POST /v2/certificates", "certificate:create", async (c) => {
    const asked = await input(c, creation);
    if (cloud.certificates.find((one) => one.name === asked.name))
      throw new ApiError("conflict", "a certificate with this name already exists");
    const id = cloud.uuid();
    const certificate = cloud.certificates.put(id, {
      id,
      name: asked.name,
      type: asked.type,
      ...leaf(cloud, id, asked),
      created_at: cloud.timestamp(),
      due_at: cloud.in(asked.type === "custom" ? 0 : cloud.settle.certificateMs),
    });
    return c.json({ certificate: show(cloud, certificate) }, 201);
  }),

  operation("certificates_get", "GET /v2/certificates/:certificate_id", "certificate:read", (c) =>
    c.json({ certificate: show(cloud, certificateOf(c, cloud)) }),
  ),

  operation("certificates_delete", "DELETE /v2/certificates/:certificate_id", "certificate:delete", (c) => {
    cloud.certificates.delete(certificateOf(c, cloud).id);
    return noContent(c);
  }),
];

const certificateOf = (c: Context, cloud: Cloud): Certificate =>
  found(cloud.certificates.get(param(c, "certificate_id")));

type Leaf = Pick<Certificate, "dns_names" | "not_after" | "sha1_fingerprint">;

function leaf(cloud: Cloud, id: string, asked: Creation): Leaf {
  if (asked.type === "lets_encrypt") {
    const ninetyDays = 90 * 24 * 3_600_000;
    return {
      dns_names: asked.dns_names,
      not_after: `${cloud.in(ninetyDays).slice(0, 19)}Z`,
      sha1_fingerprint: createHash("sha1").update(id).digest("hex"),
    };
  }
  const parsed = parse(asked.leaf_certificate);
  const names = parsed.subjectAltName?.split(", ").filter((one) => one.startsWith("DNS:")) ?? [];
  return {
    dns_names: names.map((one) => one.slice("DNS:".length)),
    not_after: `${parsed.validToDate.toISOString().slice(0, 19)}Z`,
    sha1_fingerprint: parsed.fingerprint.replaceAll(":", "").toLowerCase(),
  };
}

function parse(pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    throw invalid("leaf_certificate is not a valid PEM certificate");
  }
}

const show = (cloud: Cloud, { due_at, ...certificate }: Certificate) => ({
  ...certificate,
  state: cloud.isPast(due_at) ? "verified" : "pending",
});
