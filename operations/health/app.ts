import { askDigitalOcean } from "../vendor.ts";
import { checkNames, type CheckName, finding, type Finding } from "./check.ts";

interface Deployment {
  phase?: string;
  cause?: string;
  progress?: { steps?: { status: string; reason?: { message?: string } }[] };
}

interface App {
  active_deployment?: Deployment;
  in_progress_deployment?: Deployment;
  pending_deployment?: Deployment;
  spec?: { databases?: { cluster_name?: string }[] };
}

/** What only the vendor knows of an app: whether a deployment serves, and its database cluster. */
export async function appFindings(id: string): Promise<Finding[]> {
  const { status, body } = await askDigitalOcean(`/v2/apps/${encodeURIComponent(id)}`);
  if (status !== 200) {
    const gone = status === 404 ? "the app is gone; run platform up" : `DigitalOcean answers ${status}`;
    return [finding("deployment", "fail", gone), finding("database", "fail", `not known: ${gone}`)];
  }
  const app = body["app"] as App;
  const [newest, cluster] = await Promise.all([
    newestDeployment(id),
    clusterFinding(app.spec?.databases?.[0]?.cluster_name),
  ]);
  return [deploymentFinding(app, newest), cluster];
}

async function newestDeployment(id: string): Promise<Deployment | undefined> {
  const { status, body } = await askDigitalOcean(`/v2/apps/${encodeURIComponent(id)}/deployments?per_page=1`);
  return status === 200 ? (body["deployments"] as Deployment[] | undefined)?.[0] : undefined;
}

/** A deployment that failed leaves the one before it serving, which is a warning as long as there is one. */
export function deploymentFinding(app: App, newest: Deployment | undefined): Finding {
  const under = app.in_progress_deployment ?? app.pending_deployment;
  if (!app.active_deployment) {
    const now = under
      ? ` yet; the first is ${under.phase ?? "under way"}`
      : "; see platform logs --type deploy";
    return finding("deployment", "fail", `none has got through${now}`);
  }
  if (newest?.phase === "ERROR") {
    const why = newest.progress?.steps?.find(({ status }) => status === "ERROR")?.reason?.message;
    const detail = `the newest failed${why ? ` (${why})` : ""}, the one before it serves; see platform logs --type deploy`;
    return finding("deployment", "warn", detail);
  }
  return finding("deployment", "ok", under ? `serves; the next is ${under.phase ?? "under way"}` : "serves");
}

async function clusterFinding(name: string | undefined): Promise<Finding> {
  if (name === undefined) return finding("database", "off", "not set up: the app names no cluster");
  const { status, body } = await askDigitalOcean("/v2/databases?per_page=200");
  if (status !== 200) return finding("database", "fail", `DigitalOcean answers ${status} to its list`);
  const clusters = (body["databases"] ?? []) as { name: string; status: string }[];
  const cluster = clusters.find((one) => one.name === name);
  if (!cluster) return finding("database", "fail", `the cluster ${name} is gone; run platform up`);
  const state = {
    online: "ok",
    creating: "warn",
    resizing: "warn",
    migrating: "warn",
    forking: "warn",
  } as const;
  const detail = `the cluster is ${cluster.status}`;
  return finding("database", state[cluster.status as keyof typeof state] ?? "fail", detail);
}

const notOnApp: Partial<Record<CheckName, string>> = {
  nginx: "App Platform's own front serves",
  queue: "the database admits the app alone",
  cron: "the database admits the app alone",
  disk: "App Platform has none to look at",
  volume: "App Platform has none; files are in Spaces",
  memory: "App Platform restarts what outgrows its size",
  containers: "App Platform looks after them",
  mail: "App Platform shows nothing of it",
  n8n: "runs on droplets only",
  updates: "App Platform keeps its own machines up to date",
  addons: "App Platform gives no look into a container",
};

/** What cannot be seen from outside of an app, each with its reason. */
export const offOnApp = (): Finding[] =>
  checkNames.flatMap((name) => {
    const why = notOnApp[name];
    return why === undefined ? [] : [finding(name, "off", why)];
  });
