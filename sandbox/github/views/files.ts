import { blobSha } from "../blob.ts";
import type { Hub } from "../hub.ts";
import type { Repository } from "../rows/repositories.ts";
import { repositoryPage, repositoryUrl } from "./repository.ts";

type Files = Readonly<Record<string, string>>;

/** A file's addresses at one commit. */
export const blobUrls = (hub: Hub, repository: Repository, path: string, text: string, ref: string) => ({
  sha: blobSha(text),
  blob_url: `${repositoryPage(hub, repository)}/blob/${ref}/${path}`,
  raw_url: `${repositoryPage(hub, repository)}/raw/${ref}/${path}`,
  contents_url: `${repositoryUrl(hub, repository)}/contents/${path}?ref=${ref}`,
});

/** What differs between two trees; `text` is the file as it is after, or was before it went. */
export function changedPaths(before: Files, after: Files): { path: string; status: string; text: string }[] {
  const gone = Object.entries(before)
    .filter(([path]) => !(path in after))
    .map(([path, text]) => ({ path, status: "removed", text }));
  const changed = Object.entries(after)
    .filter(([path, text]) => before[path] !== text)
    .map(([path, text]) => ({ path, status: path in before ? "modified" : "added", text }));
  return [...changed, ...gone].sort((one, other) => one.path.localeCompare(other.path));
}
