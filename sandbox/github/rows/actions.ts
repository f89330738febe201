import type { Time } from "./time.ts";

/** Whose secrets or variables: a repository's, or one of its environments'. */
export interface Scope {
  repository: number;
  /** 0 for the repository itself. */
  environment: number;
}

export interface KeyPair extends Scope {
  key_id: string;
  /** X25519, base64. */
  publicKey: string;
  privateKey: string;
}

export interface Secret extends Scope {
  name: string;
  value: string;
  created_at: Time;
  updated_at: Time;
}

export type Variable = Secret;

/** A workflow file's lasting number, and whether somebody switched it off. */
export interface Workflow {
  id: number;
  repository: number;
  path: string;
  state: "active" | "disabled_manually";
  created_at: Time;
}

/** A `repository_dispatch` or `workflow_dispatch`, kept for whoever runs workflows and for tests. */
export interface Dispatch {
  id: number;
  repository: number;
  event: "repository_dispatch" | "workflow_dispatch";
  payload: Record<string, unknown>;
  created_at: Time;
}
