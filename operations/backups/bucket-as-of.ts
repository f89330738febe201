import {
  CopyObjectCommand,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  type S3Client,
} from "@aws-sdk/client-s3";

/** A version of an object, or the mark that it was deleted. */
export interface Entry {
  key: string;
  /** Of the version; undefined for a mark. */
  version: string | undefined;
  at: Date;
  isLatest: boolean;
  /** What is in it, as the store tells it; none for a mark. */
  etag?: string | undefined;
}

/** An object that was there at some time and is not now, or is another. */
export interface Lost {
  key: string;
  version: string;
  how: "deleted" | "overwritten";
}

/** Every version that a bucket has. */
export async function entriesOf(
  client: S3Client,
  bucket: string,
  tell: (text: string) => void,
  signal: AbortSignal,
): Promise<Entry[]> {
  const entries: Entry[] = [];
  let from: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } | undefined = {};
  while (from) {
    signal.throwIfAborted();
    const page: ListObjectVersionsCommandOutput = await client.send(
      new ListObjectVersionsCommand({ Bucket: bucket, ...from }),
    );
    for (const { Key = "", VersionId, LastModified, IsLatest = false, ETag } of page.Versions ?? [])
      entries.push({
        key: Key,
        version: VersionId,
        at: LastModified ?? new Date(0),
        isLatest: IsLatest,
        etag: ETag,
      });
    for (const { Key = "", LastModified, IsLatest = false } of page.DeleteMarkers ?? [])
      entries.push({ key: Key, version: undefined, at: LastModified ?? new Date(0), isLatest: IsLatest });
    tell(`${entries.length} versions`);
    from = page.IsTruncated
      ? { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker }
      : undefined;
  }
  return entries;
}

/** What was there at that time and is gone or another now. A lock of restic's is nothing to bring back. */
export function lostSince(entries: readonly Entry[], time: Date): Lost[] {
  return [...Map.groupBy(entries, ({ key }) => key)].flatMap(([key, all]): Lost[] => {
    if (key.startsWith("filestore/locks/")) return [];
    const newestFirst = all.toSorted(
      (one, other) => Number(other.isLatest) - Number(one.isLatest) || Number(other.at) - Number(one.at),
    );
    const is = newestFirst[0];
    const was = newestFirst.find(({ at }) => at <= time);
    if (!was?.version || was === is || (was.etag !== undefined && was.etag === is?.etag)) return [];
    return [{ key, version: was.version, how: is?.version === undefined ? "deleted" : "overwritten" }];
  });
}

/** Makes what was lost the newest version again. What is there now stays as one behind it. */
export async function bringBack(
  client: S3Client,
  bucket: string,
  lost: readonly Lost[],
  tell: (text: string) => void,
  signal: AbortSignal,
): Promise<void> {
  let done = 0;
  for (const { key, version } of lost) {
    signal.throwIfAborted();
    const source = [bucket, ...key.split("/")].map(encodeURIComponent).join("/");
    await client.send(
      new CopyObjectCommand({ Bucket: bucket, Key: key, CopySource: `${source}?versionId=${version}` }),
    );
    done += 1;
    tell(`${done} of ${lost.length}`);
  }
}
