/** The state as `pulumi stack export` writes it, as far as the verbs look at it. */
export interface Deployment {
  version: number;
  deployment: {
    /** When the state was last written. */
    manifest: { time: string };
    resources?: StateResource[];
    pending_operations?: { resource: StateResource; type: string }[];
  };
}

export interface StateResource {
  urn: string;
  type: string;
  id?: string;
  protect?: boolean;
  parent?: string;
  /** URNs of what must be there before it. */
  dependencies?: string[];
  /** The same by the input that needs it. */
  propertyDependencies?: Record<string, string[]>;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
}

/**
 * The same resources as a state may hold them: each after what it depends on, and depending on nothing that is not there. A
 * component is in the state before what it waits for has been made, so a killed update leaves it pointing at nothing.
 */
export function inOrder(resources: readonly StateResource[]): StateResource[] {
  const known = new Set(resources.map(({ urn }) => urn));
  // While one resource replaces another there are two of one URN; both keep their turn.
  const left = Map.groupBy(resources, ({ urn }) => urn);
  const ordered: StateResource[] = [];
  const take = (urn: string): void => {
    const all = left.get(urn) ?? [];
    left.delete(urn);
    for (const needed of all.flatMap(needsOf)) take(needed);
    ordered.push(...all.map((resource) => withoutMissing(resource, known)));
  };
  for (const { urn } of resources) take(urn);
  return ordered;
}

const needsOf = ({ parent, dependencies = [] }: StateResource): string[] => [
  ...(parent === undefined ? [] : [parent]),
  ...dependencies,
];

function withoutMissing(resource: StateResource, known: ReadonlySet<string>): StateResource {
  const there = (urns: string[]): string[] => urns.filter((urn) => known.has(urn));
  const { dependencies, propertyDependencies } = resource;
  return {
    ...resource,
    ...(dependencies && { dependencies: there(dependencies) }),
    ...(propertyDependencies && {
      propertyDependencies: Object.fromEntries(
        Object.entries(propertyDependencies).map(([name, urns]) => [name, there(urns)]),
      ),
    }),
  };
}
