import {
  AbortMultipartUploadCommand,
  DeleteObjectCommand,
  GetBucketLifecycleConfigurationCommand,
  ListBucketsCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
} from "@aws-sdk/client-s3";
import type {
  DeleteMarkerEntry,
  LifecycleRule,
  ListObjectVersionsCommandOutput,
  ObjectVersion,
  S3Client,
} from "@aws-sdk/client-s3";

/** One thing that a rule took away. */
export interface Expired {
  bucket: string;
  key: string;
  /** Left out where the current version went: a versioned bucket then keeps it behind a delete marker. */
  version?: string;
  /** Of an upload that was never completed. */
  upload?: string;
  why: "current" | "noncurrent" | "delete-marker" | "upload";
}

/**
 * Applies the lifecycle rules of all buckets once, as the vendor does about once a day: expires current versions by age or
 * date, noncurrent versions by the time since they were replaced, delete markers with nothing behind them, and uploads
 * that were never completed.
 *
 * @param client speaks to the front with the account's own key.
 * @param now the moment to judge ages by.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html
 */
export async function applyLifecycle(client: S3Client, now: Date): Promise<Expired[]> {
  const { Buckets = [] } = await client.send(new ListBucketsCommand({}));
  const expired: Expired[] = [];
  for (const { Name: bucket = "" } of Buckets) {
    const rules = await rulesOf(client, bucket);
    if (rules.length === 0) continue;
    const due = [
      ...(await historiesOf(client, bucket)).flatMap((history) => judge(bucket, history, rules, now)),
      ...(await staleUploads(client, bucket, rules, now)),
    ];
    for (const one of due) await remove(client, one);
    expired.push(...due);
  }
  return expired;
}

async function rulesOf(client: S3Client, Bucket: string): Promise<LifecycleRule[]> {
  try {
    const { Rules = [] } = await client.send(new GetBucketLifecycleConfigurationCommand({ Bucket }));
    return Rules.filter((one) => one.Status === "Enabled");
  } catch (error) {
    if (error instanceof Error && error.name === "NoSuchLifecycleConfiguration") return [];
    throw error;
  }
}

type Entry = (ObjectVersion | DeleteMarkerEntry) & { isMarker: boolean };

/** The versions and delete markers of each key, the newest first. */
async function historiesOf(client: S3Client, Bucket: string): Promise<Entry[][]> {
  const histories = new Map<string, Entry[]>();
  let next: { KeyMarker?: string; VersionIdMarker?: string } | undefined = {};
  while (next) {
    const page: ListObjectVersionsCommandOutput = await client.send(
      new ListObjectVersionsCommand({ Bucket, ...next }),
    );
    const entries: Entry[] = [
      ...(page.Versions ?? []).map((one) => ({ ...one, isMarker: false })),
      ...(page.DeleteMarkers ?? []).map((one) => ({ ...one, isMarker: true })),
    ];
    for (const entry of entries)
      histories.set(entry.Key ?? "", [...(histories.get(entry.Key ?? "") ?? []), entry]);
    const { IsTruncated, NextKeyMarker = "", NextVersionIdMarker = "" } = page;
    next = IsTruncated ? { KeyMarker: NextKeyMarker, VersionIdMarker: NextVersionIdMarker } : undefined;
  }
  // Times are to the second: the latest is first by its mark, not by its time.
  const newestFirst = (one: Entry, other: Entry): number =>
    Number(other.IsLatest ?? false) - Number(one.IsLatest ?? false) || time(other) - time(one);
  return [...histories.values()].map((entries) => entries.sort(newestFirst));
}

/** Which entries of one key's history are due under the rules. */
export function judge(
  bucket: string,
  history: readonly Entry[],
  rules: readonly LifecycleRule[],
  now: Date,
): Expired[] {
  const key = history[0]?.Key ?? "";
  const mine = rules.filter((rule) => key.startsWith(prefixOf(rule)));
  return history.flatMap((entry, index): Expired[] => {
    const version = entry.VersionId;
    if (index > 0) {
      // A version's time as noncurrent begins with the one that replaced it.
      const since = time(history[index - 1] ?? entry);
      const isDue = mine.some((rule) =>
        isOlder(since, rule.NoncurrentVersionExpiration?.NoncurrentDays, now),
      );
      return isDue && version !== undefined ? [{ bucket, key, version, why: "noncurrent" }] : [];
    }
    const isDue = mine.some(
      ({ Expiration }) =>
        isOlder(time(entry), Expiration?.Days, now) ||
        (Expiration?.Date !== undefined && Expiration.Date <= now),
    );
    if (!entry.isMarker) return isDue ? [{ bucket, key, why: "current" }] : [];
    const cleansUp = isDue || mine.some((rule) => rule.Expiration?.ExpiredObjectDeleteMarker === true);
    return cleansUp && history.length === 1 && version !== undefined
      ? [{ bucket, key, version, why: "delete-marker" }]
      : [];
  });
}

async function staleUploads(
  client: S3Client,
  Bucket: string,
  rules: readonly LifecycleRule[],
  now: Date,
): Promise<Expired[]> {
  if (!rules.some((rule) => rule.AbortIncompleteMultipartUpload)) return [];
  const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket }));
  return Uploads.filter(({ Key = "", Initiated }) =>
    rules.some(
      (rule) =>
        Key.startsWith(prefixOf(rule)) &&
        isOlder(
          Initiated?.getTime() ?? now.getTime(),
          rule.AbortIncompleteMultipartUpload?.DaysAfterInitiation,
          now,
        ),
    ),
  ).map(({ Key = "", UploadId = "" }) => ({ bucket: Bucket, key: Key, why: "upload", upload: UploadId }));
}

async function remove(
  client: S3Client,
  { bucket: Bucket, key: Key, version, upload }: Expired,
): Promise<void> {
  if (upload !== undefined)
    await client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId: upload }));
  else
    await client.send(
      new DeleteObjectCommand({ Bucket, Key, ...(version !== undefined && { VersionId: version }) }),
    );
}

const prefixOf = ({ Filter, Prefix }: LifecycleRule): string =>
  Filter?.Prefix ?? Filter?.And?.Prefix ?? Prefix ?? "";

const time = ({ LastModified }: { LastModified?: Date | undefined }): number => LastModified?.getTime() ?? 0;

const isOlder = (since: number, days: number | undefined, now: Date): boolean =>
  days !== undefined && now.getTime() >= since + days * 24 * 3_600_000;
