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
  /** URNs of what must be there before it. */
  dependencies?: string[];
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
}
