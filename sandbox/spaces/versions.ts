/**
 * When a version was written. The server behind keeps a version that is replaced as a new file, and then says that it was
 * written just then; its id, a ULID, begins with the true moment. Whoever reads a bucket as it was at some time
 * (pgBackRest's repo-target-time) lives by it.
 *
 * @returns undefined for the version "null", which was there before the bucket had versions
 * @see https://github.com/ulid/spec
 */
export function versionTime(id: string): Date | undefined {
  if (!/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/.test(id)) return undefined;
  // Crockford's alphabet leaves out what looks like another character; JavaScript's base 32 does not.
  const milliseconds = id
    .slice(0, 10)
    .replace(/[A-Z]/g, (char) => "0123456789ABCDEFGHJKMNPQRSTVWXYZ".indexOf(char).toString(32));
  return new Date(Number.parseInt(milliseconds, 32));
}

/**
 * A list of versions with the true time of each. The server behind begins a page with the entry that the page before ended
 * with, where that is the newest of its key: it is left out.
 *
 * @param after the page's `version-id-marker`
 */
export const trueVersions = (xml: string, after: string | null): string =>
  xml.replace(/<(Version|DeleteMarker)>.*?<\/\1>/gs, (entry) => {
    const id = /<VersionId>(.*?)<\/VersionId>/.exec(entry)?.[1] ?? "";
    const time = versionTime(id);
    if (!time) return entry;
    if (id === after) return "";
    return entry.replace(/(<LastModified>).*?(<\/LastModified>)/, `$1${time.toISOString()}$2`);
  });
