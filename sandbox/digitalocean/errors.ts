import type { ContentfulStatusCode } from "hono/utils/http-status";

/**
 * The vendor's error ids, each with its status and the message it has when a handler gives none.
 * https://docs.digitalocean.com/reference/api/digitalocean/#section/Introduction/HTTP-Statuses
 */
export const vendorErrors = {
  bad_request: [400, "error parsing request body"],
  invalid_argument: [400, "error validating app spec"],
  unauthorized: [401, "Unable to authenticate you"],
  forbidden: [403, "You do not have permission to perform this action."],
  not_found: [404, "The resource you were accessing could not be found."],
  conflict: [409, "The request could not be completed due to a conflict."],
  precondition_failed: [412, "The request could not be completed due to a failed precondition."],
  unprocessable_entity: [422, "request payload validation failed"],
  too_many_requests: [429, "API rate limit exceeded."],
  server_error: [500, "Unexpected server-side error"],
  not_implemented: [501, "The sandbox does not serve this route."],
} as const satisfies Record<string, readonly [ContentfulStatusCode, string]>;

export type VendorErrorId = keyof typeof vendorErrors;

/** A refusal that goes out in the vendor's form, `{id, message, request_id}`. */
export class ApiError extends Error {
  readonly id: VendorErrorId;
  readonly status: ContentfulStatusCode;

  constructor(id: VendorErrorId, message: string = vendorErrors[id][1]) {
    super(message);
    this.id = id;
    this.status = vendorErrors[id][0];
  }
}

/** 404 in the vendor's words. The Terraform plugin takes it for "deleted": only for what is really not there. */
export const notFound = (): ApiError => new ApiError("not_found");

/** 422 with a message of the vendor's. */
export const invalid = (message: string): ApiError => new ApiError("unprocessable_entity", message);

/** The row, or 404. */
export function found<T>(row: T | undefined): T {
  if (row === undefined) throw notFound();
  return row;
}
