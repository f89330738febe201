import type { LifecycleRule } from "@aws-sdk/client-s3";

import { bool, number, object, text, type Shape } from "../protocol/schema.ts";
import { asText, type Properties } from "../protocol/values.ts";

/** When objects of a bucket are deleted by themselves. */
export const lifecycleRule: Shape = {
  id: text({ computed: true, max: 255 }),
  prefix: text(),
  enabled: bool({ required: true }),
  abortIncompleteMultipartUploadDays: number(),
  expiration: object({ date: text(), days: number({ min: 0 }), expiredObjectDeleteMarker: bool() }),
  noncurrentVersionExpiration: object({ days: number({ min: 1 }) }),
};

export function toS3(rule: Properties): LifecycleRule {
  const expiration = rule["expiration"] as Properties | undefined;
  const noncurrent = rule["noncurrentVersionExpiration"] as Properties | undefined;
  const abort = rule["abortIncompleteMultipartUploadDays"] as number | undefined;
  return {
    ID: rule["id"] as string | undefined,
    Status: rule["enabled"] ? "Enabled" : "Disabled",
    Filter: { Prefix: (rule["prefix"] as string | undefined) ?? "" },
    ...(abort && { AbortIncompleteMultipartUpload: { DaysAfterInitiation: abort } }),
    ...(noncurrent && { NoncurrentVersionExpiration: { NoncurrentDays: noncurrent["days"] as number } }),
    ...(expiration && {
      Expiration: {
        ...(expiration["date"] ? { Date: new Date(`${asText(expiration["date"])}T00:00:00Z`) } : {}),
        ...(expiration["days"] ? { Days: expiration["days"] as number } : {}),
        ...(expiration["expiredObjectDeleteMarker"] ? { ExpiredObjectDeleteMarker: true } : {}),
      },
    }),
  };
}

export const fromS3 = (rule: LifecycleRule): Properties => ({
  id: rule.ID,
  prefix: rule.Filter?.Prefix ?? rule.Prefix,
  enabled: rule.Status === "Enabled",
  abortIncompleteMultipartUploadDays: rule.AbortIncompleteMultipartUpload?.DaysAfterInitiation,
  ...(rule.Expiration && {
    expiration: {
      date: rule.Expiration.Date?.toISOString().slice(0, 10),
      days: rule.Expiration.Days,
      expiredObjectDeleteMarker: rule.Expiration.ExpiredObjectDeleteMarker,
    },
  }),
  ...(rule.NoncurrentVersionExpiration && {
    noncurrentVersionExpiration: { days: rule.NoncurrentVersionExpiration.NoncurrentDays },
  }),
});
