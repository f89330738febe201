import { UserError } from "../../user-error.ts";
import { short } from "../card.ts";
import { nameOf } from "../engine-events.ts";
import { readSettings } from "../project.ts";
import type { PlatformStack } from "../stack.ts";
import { type Deployment, type StateResource, inOrder } from "../state.ts";
import { volumeSize } from "./asked.ts";
import type { Difference } from "./report.ts";
import type { Steps } from "./steps.ts";

/**
 * What the providers refuse to read or compare, and what is known of it all the same, by URN:
 * a volume that has grown ("can only be expanded"), and what hung on something that is gone (its assignment answers an error).
 */
export async function compareUnreadable(
  { failed, gone }: Pick<Steps, "failed" | "gone">,
  resources: readonly StateResource[],
): Promise<Map<string, Difference[]>> {
  const found = new Map<string, Difference[]>();
  const lost = new Set(gone.map(({ urn }) => urn));
  for (const { urn } of failed) {
    const resource = resources.find((one) => one.urn === urn);
    if (!resource) continue;
    if (short(resource.type) === "Volume") {
      const [declared, size] = [resource.outputs?.["size"], await volumeSize(resource)];
      if (size !== undefined) found.set(urn, size === declared ? [] : [grown(urn, String(declared), size)]);
    } else if (resource.dependencies?.some((one) => lost.has(one))) found.set(urn, [goneToo(resource)]);
  }
  return found;
}

const about = (urn: string, kind: string) => ({
  where: "vendor" as const,
  kind,
  name: nameOf(urn),
  since: null,
});

const grown = (urn: string, expected: string, size: number): Difference => ({
  ...about(urn, "Volume"),
  what: "changed",
  property: "size",
  expected,
  found: String(size),
  mend: `a volume does not shrink: set host.volumeGb to ${size}, then run platform drift --fix`,
  fixable: false,
});

const withIt = "an update makes it anew, with what it hangs on";

const goneToo = ({ urn, type }: StateResource): Difference => ({
  ...about(urn, short(type)),
  what: "missing",
  property: null,
  expected: "there",
  found: null,
  mend: withIt,
  fixable: true,
});

/**
 * Takes into the state what no refresh can: sizes of volumes that have grown by hand, once the settings have followed, that
 * something went away with what it hung on, that a secret has a value that nobody knows, and that an app has been sent a key of Spaces
 * that is no more: its secrets are compared by a digest of the settings, which a key that is made anew does not change
 * (components/app-platform-host.ts).
 *
 * @returns the state of before, where it was changed
 * @throws {UserError} failed, while the settings still say less than a volume has
 */
export async function takeUnreadable(
  stack: string,
  opened: Pick<PlatformStack, "exportState" | "importState">,
  differences: readonly Difference[],
): Promise<Deployment | undefined> {
  const sizes = differences.filter((one) => one.kind === "Volume" && one.property === "size" && !one.fixable);
  const lost = differences.filter(({ mend }) => mend === withIt);
  const written = differences.filter(
    ({ kind, property }) => kind.endsWith("Secret") && property === "updatedAt",
  );
  const keys = differences.filter(({ kind, what }) => kind === "SpacesKey" && what === "missing");
  if (sizes.length + lost.length + written.length + keys.length === 0) return undefined;
  if (sizes.length > 0) requireRoomInSettings(stack, sizes);
  const exported = await opened.exportState();
  const named = (all: readonly Difference[], { urn, type }: StateResource): Difference | undefined =>
    all.find(({ kind, name }) => name === nameOf(urn) && kind === short(type));
  const resources = (exported.deployment.resources ?? [])
    .filter((resource) => !named(lost, resource))
    .map((resource) => {
      if (named(written, resource)) return withOtherValue(resource);
      if (keys.length > 0 && resource.type === "pulumi:pulumi:Stack")
        return { ...resource, outputs: { ...resource.outputs, secretsDigest: "" } };
      const size = named(sizes, resource)?.found;
      if (size === undefined || size === null) return resource;
      const sized = { size: Number(size) };
      return {
        ...resource,
        inputs: { ...resource.inputs, ...sized },
        outputs: { ...resource.outputs, ...sized },
      };
    });
  await opened.importState({
    ...exported,
    deployment: { ...exported.deployment, resources: inOrder(resources) },
  });
  return exported;
}

/** So that the next update sends the secret's own value again: a refresh would take the new time for its own. */
function withOtherValue(resource: StateResource): StateResource {
  const other = (properties: Record<string, unknown> = {}): Record<string, unknown> =>
    Object.fromEntries(
      Object.entries(properties).map(([key, value]) => [
        key,
        value && /^(?:value|plaintextValue)$/.test(key) ? "written by somebody else" : value,
      ]),
    );
  return { ...resource, inputs: other(resource.inputs), outputs: other(resource.outputs) };
}

function requireRoomInSettings(stack: string, sizes: readonly Difference[]): void {
  const { host } = readSettings(stack);
  const less = sizes.find(({ found }) => host.kind !== "droplet" || host.volumeGb < Number(found));
  if (!less) return;
  throw new UserError("failed", `${less.name}: has grown to ${less.found} GB, and the settings say less`, {
    hint: `A volume does not shrink: set host.volumeGb to ${less.found}. Nothing was changed.`,
    next: `platform drift --fix --stack ${stack}`,
  });
}
