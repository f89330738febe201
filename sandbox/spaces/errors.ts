/**
 * S3's error codes that the front itself answers, each with its status and sentence.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList
 */
const s3Errors = {
  AccessDenied: [403, "Access Denied"],
  AuthorizationHeaderMalformed: [400, "The authorization header is malformed."],
  InternalError: [500, "We encountered an internal error. Please try again."],
  InvalidAccessKeyId: [403, "The access key ID you provided does not exist in our records."],
  InvalidLocationConstraint: [400, "The specified location-constraint is not valid"],
  InvalidURI: [400, "Couldn't parse the specified URI."],
  MalformedXML: [
    400,
    "The XML you provided was not well-formed or did not validate against our published schema",
  ],
  // Sent only where it is meant: the Terraform plugin asks again for minutes when it sees it.
  NoSuchBucket: [404, "The specified bucket does not exist"],
  NoSuchLifecycleConfiguration: [404, "The lifecycle configuration does not exist"],
  NoSuchUpload: [404, "The specified multipart upload does not exist."],
  RequestTimeTooSkewed: [403, "The difference between the request time and the current time is too large."],
  SignatureDoesNotMatch: [
    403,
    "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
  ],
  SlowDown: [503, "Please reduce your request rate."],
} as const satisfies Record<string, readonly [number, string]>;

export type S3ErrorCode = keyof typeof s3Errors;

/** A refusal that goes out in S3's form. */
export class S3Error extends Error {
  readonly code: S3ErrorCode;
  readonly status: number;

  constructor(code: S3ErrorCode) {
    super(s3Errors[code][1]);
    this.code = code;
    this.status = s3Errors[code][0];
  }

  /** The body, naming what was asked for. */
  toXml(resource: string, requestId: string): string {
    const fields = { Code: this.code, Message: this.message, Resource: resource, RequestId: requestId };
    const lines = Object.entries(fields).map(([name, text]) => `<${name}>${escapeXml(text)}</${name}>`);
    return `${xmlHead}<Error>${lines.join("")}</Error>`;
  }
}

export const xmlHead = '<?xml version="1.0" encoding="UTF-8"?>\n';

const escapeXml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
