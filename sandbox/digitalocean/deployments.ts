import type { Cloud } from "./cloud.ts";
import type { App, AppSpec, Deployment } from "./service-rows.ts";

export type Phase =
  | "PENDING_BUILD"
  | "BUILDING"
  | "PENDING_DEPLOY"
  | "DEPLOYING"
  | "ACTIVE"
  | "SUPERSEDED"
  | "ERROR"
  | "CANCELED";

/** Up to which share of its time a deployment is in which phase. */
const shares: readonly (readonly [number, Phase])[] = [
  [0.1, "PENDING_BUILD"],
  [0.5, "BUILDING"],
  [0.6, "PENDING_DEPLOY"],
  [1, "DEPLOYING"],
];

/** Starts a deployment of that spec; whatever was still under way is superseded. */
export function deploy(
  cloud: Cloud,
  app: App,
  spec: AppSpec,
  cause: string,
  from: Deployment | null = null,
): Deployment {
  for (const other of deploymentsOf(cloud, app).filter((one) => isUnderWay(cloud, one)))
    cloud.deployments.put(other.id, { ...other, ended: "SUPERSEDED" });
  const id = cloud.uuid();
  return cloud.deployments.put(id, {
    id,
    app: app.id,
    spec,
    cause,
    cloned_from: from?.id ?? null,
    created_at: cloud.timestamp(),
    started_at: cloud.in(0),
    due_at: cloud.in(cloud.settle.deploymentMs),
    fails: cloud.world.faults.hits("failed-deployment", "digitalocean"),
    ended: null,
  });
}

/** An app's deployments, the newest first. */
export const deploymentsOf = (cloud: Cloud, { id }: App): Deployment[] =>
  cloud.deployments.list((one) => one.app === id).toReversed();

/** The one that serves: the newest that got through. */
export const activeOf = (cloud: Cloud, app: App): Deployment | undefined =>
  deploymentsOf(cloud, app).find((one) => gotThrough(cloud, one));

export function isUnderWay(cloud: Cloud, { ended, due_at }: Deployment): boolean {
  return ended === null && !cloud.isPast(due_at);
}

const gotThrough = (cloud: Cloud, { ended, fails, due_at }: Deployment): boolean =>
  ended === null && !fails && cloud.isPast(due_at);

/** Where a deployment is now, which follows from the clock and from those that came after it. */
export function phaseOf(cloud: Cloud, deployment: Deployment): Phase {
  if (deployment.ended) return deployment.ended;
  const share = shareOf(cloud, deployment);
  if (share < 1) return shares.find(([until]) => share < until)?.[1] ?? "DEPLOYING";
  if (deployment.fails) return "ERROR";
  const newer = cloud.deployments.list((one) => one.app === deployment.app).toReversed();
  return newer.find((one) => gotThrough(cloud, one))?.id === deployment.id ? "ACTIVE" : "SUPERSEDED";
}

/** How much of its time has passed, from 0 to 1. */
function shareOf(cloud: Cloud, { started_at, due_at }: Deployment): number {
  const [start, end] = [Date.parse(started_at), Date.parse(due_at)];
  return end === start ? 1 : Math.min(1, (cloud.world.now().getTime() - start) / (end - start));
}

/** The steps of every deployment, each with the share of the time at which it begins and ends. */
const steps = [
  { name: "build", message_base: "Building", from: 0.1, to: 0.5 },
  { name: "deploy", message_base: "Deploying", from: 0.6, to: 1 },
] as const;

type StepStatus = "PENDING" | "RUNNING" | "SUCCESS" | "ERROR";

/** Progress by steps, which is what clients wait on: all `SUCCESS`, or one `ERROR`. */
export function progressOf(cloud: Cloud, deployment: Deployment) {
  const share = deployment.ended ? 1 : shareOf(cloud, deployment);
  const shown = steps.map(({ name, message_base, from, to }) => {
    const last = to === 1;
    const status: StepStatus =
      share < from
        ? "PENDING"
        : share < to
          ? "RUNNING"
          : last && (deployment.fails || deployment.ended)
            ? "ERROR"
            : "SUCCESS";
    return {
      name,
      message_base,
      status,
      ...(status !== "PENDING" && { started_at: at(deployment, from) }),
      ...((status === "SUCCESS" || status === "ERROR") && { ended_at: at(deployment, to) }),
      ...(status === "ERROR" &&
        deployment.fails && {
          reason: {
            code: "DeployContainerExitNonZero",
            message: "Your deploy failed because your container exited with a non-zero exit code.",
          },
        }),
    };
  });
  const count = (status: StepStatus): number => shown.filter((one) => one.status === status).length;
  return {
    pending_steps: count("PENDING"),
    running_steps: count("RUNNING"),
    success_steps: count("SUCCESS"),
    error_steps: count("ERROR"),
    total_steps: shown.length,
    steps: shown,
    summary_steps: shown,
  };
}

function at({ started_at, due_at }: Deployment, share: number): string {
  const start = Date.parse(started_at);
  return new Date(start + share * (Date.parse(due_at) - start)).toISOString();
}

/** A deployment as the vendor shows it. */
export function showDeployment(cloud: Cloud, deployment: Deployment) {
  const { id, spec, cause, cloned_from, created_at } = deployment;
  const names = (parts: AppSpec["services"]) =>
    (parts ?? []).map(({ name, image }) => ({ name, source_image_digest: image?.digest ?? "" }));
  const phase = phaseOf(cloud, deployment);
  const progress = progressOf(cloud, deployment);
  const updated_at =
    progress.steps.map((one) => one.ended_at ?? one.started_at).findLast(Boolean) ?? created_at;
  return {
    id,
    spec,
    services: names(spec.services),
    workers: names(spec.workers),
    jobs: names(spec.jobs),
    static_sites: names(spec.static_sites),
    phase,
    phase_last_updated_at: updated_at,
    progress,
    cause,
    ...(cloned_from !== null && { cloned_from }),
    created_at,
    updated_at,
    tier_slug: "basic",
  };
}
