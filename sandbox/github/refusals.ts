import type { Answer } from "./operation.ts";

const rateLimits = "https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api";

/** Every way in which the API says no, with the vendor's own words: clients and the official plugin match on some. */
const refusals = {
  "bad-credentials": [401, "Bad credentials"],
  "authentication-required": [401, "Requires authentication"],
  "not-found": [404, "Not Found"],
  "branch-not-found": [404, "Branch not found"],
  "branch-not-protected": [404, "Branch not protected"],
  "no-commit": [422, "No commit found for SHA"],
  "no-admin": [403, "Must have admin rights to Repository."],
  "token-too-narrow": [403, "Resource not accessible by personal access token"],
  "app-too-narrow": [403, "Resource not accessible by integration"],
  "app-only": [403, "You must authenticate via a GitHub App."],
  "plan-too-small": [403, "Upgrade to GitHub Pro or make this repository public to enable this feature."],
  "plan-without-reviewers": [
    422,
    "Failed to create the environment protection rule. Please ensure the billing plan supports the required reviewers protection rule.",
  ],
  "malformed-json": [400, "Problems parsing JSON"],
  "not-an-object": [400, "Body should be a JSON object"],
  "invalid-request": [422, "Invalid request."],
  "validation-failed": [422, "Validation Failed"],
  conflict: [409, "Conflict"],
  "not-mergeable": [405, "Pull Request is not mergeable"],
  "rate-limit": [403, "API rate limit exceeded"],
  // GitHub says 403 or 429. After a 403 the official plugin, with GITHUB_LEGACY_CLIENT=false, repeats a write without
  // its body; after a 429 it repeats all of it.
  "secondary-rate-limit": [
    429,
    "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
  ],
  "server-error": [500, "Server Error"],
  "not-served": [501, "The emulated GitHub does not serve this"],
} as const satisfies Record<string, readonly [number, string]>;

export type RefusalName = keyof typeof refusals;

/** A fault of one field, as the `errors` of a 422 list it. */
export interface FieldFault {
  resource: string;
  code: "missing" | "missing_field" | "invalid" | "already_exists" | "unprocessable" | "custom";
  field: string;
  message?: string;
}

interface Details {
  /** In place of the table's message. */
  message?: string;
  errors?: readonly (FieldFault | string)[];
  headers?: Record<string, string>;
}

/** Thrown by a handler; the answer is made from the table above. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly refusal: RefusalName;
  readonly #details: Details;

  constructor(refusal: RefusalName, details: Details = {}) {
    super(details.message ?? refusals[refusal][1]);
    this.refusal = refusal;
    this.#details = details;
  }

  get answer(): Answer {
    const [status] = refusals[this.refusal];
    const { errors, headers } = this.#details;
    const body = {
      message: this.message,
      ...(errors && { errors }),
      documentation_url: documentation(this.refusal),
      status: String(status),
    };
    return { status, body, ...(headers && { headers }) };
  }
}

/** 422 "Validation Failed" about one field. */
export function invalid(
  resource: string,
  field: string,
  code: FieldFault["code"],
  message?: string,
): Refusal {
  return new Refusal("validation-failed", {
    errors: [{ resource, code, field, ...(message && { message }) }],
  });
}

// terraform-provider-github tells the two limits apart by the end of this address, Octokit by the message.
function documentation(refusal: RefusalName): string {
  if (refusal === "secondary-rate-limit") return `${rateLimits}#about-secondary-rate-limits`;
  if (refusal === "rate-limit") return `${rateLimits}#about-primary-rate-limits`;
  return "https://docs.github.com/rest";
}
