import type { Release } from "../components/release.ts";
import type { Settings } from "../settings/schema.ts";
import type { Deployment } from "./state.ts";

/** What a stack's last update said of itself, out of its state; undefined before the first. Encrypted values stay so. */
function outputsOf({ deployment }: Deployment): Record<string, unknown> | undefined {
  const stack = (deployment.resources ?? []).find(({ type }) => type === "pulumi:pulumi:Stack");
  return stack?.outputs && Object.keys(stack.outputs).length > 0 ? stack.outputs : undefined;
}

/** The release that serves; undefined before the first update. */
export function runningRelease(state: Deployment): Release | undefined {
  return outputsOf(state)?.["release"] as Release | undefined;
}

/**
 * The release that an update will run when no verb hands in another: by PLATFORM_RELEASE, else the one that runs, else the
 * settings' image. The program chooses in the same order, and says what is wrong with PLATFORM_RELEASE.
 */
export function releaseToKeep(state: Deployment, { image }: Settings): Release {
  const { registry, repository, tag } = image;
  return handedIn() ?? runningRelease(state) ?? { registry, repository, tag };
}

function handedIn(): Release | undefined {
  const text = process.env["PLATFORM_RELEASE"];
  if (!text) return undefined;
  try {
    return JSON.parse(text) as Release;
  } catch {
    return undefined;
  }
}
