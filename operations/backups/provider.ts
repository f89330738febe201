import { UserError } from "../../user-error.ts";
import { askDigitalOcean } from "../vendor.ts";

/** A backup that DigitalOcean keeps of a managed cluster, which restores any second since. */
export interface ProviderBackup {
  /** ISO 8601. */
  at: string;
  bytes: number;
}

/** What the provider keeps of an app's cluster, newest first. @throws {UserError} failed, notAuthenticated */
export async function providerBackups(
  appId: string,
): Promise<{ cluster: string; backups: ProviderBackup[] }> {
  const { app } = (await answerTo(`/v2/apps/${encodeURIComponent(appId)}`)) as { app?: App };
  const cluster = app?.spec?.databases?.[0]?.cluster_name;
  if (cluster === undefined)
    throw new UserError("failed", "the app names no cluster that could be backed up");
  const { databases = [] } = (await answerTo("/v2/databases?per_page=200")) as { databases?: Cluster[] };
  const id = databases.find(({ name }) => name === cluster)?.id;
  if (id === undefined)
    throw new UserError("failed", `the cluster ${cluster} is gone`, {
      hint: "DigitalOcean can fork a deleted cluster for some days: ask its support.",
    });
  const { backups = [] } = (await answerTo(`/v2/databases/${encodeURIComponent(id)}/backups`)) as {
    backups?: Row[];
  };
  return {
    cluster,
    backups: backups
      .map(({ created_at, size_gigabytes }) => ({
        at: new Date(created_at).toISOString(),
        bytes: Math.round(size_gigabytes * 1e9),
      }))
      .toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at)),
  };
}

interface App {
  spec?: { databases?: { cluster_name?: string }[] };
}

interface Cluster {
  id: string;
  name: string;
}

interface Row {
  created_at: string;
  size_gigabytes: number;
}

async function answerTo(path: string): Promise<Record<string, unknown>> {
  const { status, body } = await askDigitalOcean(path);
  if (status === 200) return body;
  throw new UserError(
    status === 401 || status === 403 ? "notAuthenticated" : "failed",
    `DigitalOcean answers ${status} to GET ${path.replace(/\?.*/, "")}`,
  );
}
