import type { Time } from "./time.ts";

export type RunStatus = "queued" | "pending" | "waiting" | "in_progress" | "completed";
export type Conclusion = "success" | "failure" | "cancelled" | "skipped" | "timed_out" | "startup_failure";

/** One time that a workflow ran, or its latest attempt. */
export interface WorkflowRun {
  id: number;
  repository: number;
  /** Number of the workflow, and its file's path. */
  workflow: number;
  path: string;
  name: string;
  display_title: string;
  event: string;
  /** What the event said, as `github.event` holds it. */
  payload: Record<string, unknown>;
  /** `refs/heads/main`, `refs/pull/3/merge`. */
  ref: string;
  head_branch: string;
  head_sha: string;
  run_number: number;
  run_attempt: number;
  status: RunStatus;
  conclusion: Conclusion | null;
  actor: string;
  triggering_actor: string;
  created_at: Time;
  run_started_at: Time;
  updated_at: Time;
}

export interface JobStep {
  name: string;
  number: number;
  status: "queued" | "in_progress" | "completed";
  conclusion: Conclusion | null;
  started_at: Time | null;
  completed_at: Time | null;
}

export interface WorkflowJob {
  id: number;
  repository: number;
  run: number;
  attempt: number;
  /** Its place in the workflow, without its matrix. */
  key: string;
  name: string;
  labels: string[];
  /** The environment that it deploys to. */
  environment: string | null;
  status: RunStatus;
  conclusion: Conclusion | null;
  steps: JobStep[];
  created_at: Time;
  started_at: Time;
  completed_at: Time | null;
}

/** Who let a waiting run go on, or stopped it. */
export interface Approval {
  id: number;
  repository: number;
  run: number;
  environments: number[];
  state: "approved" | "rejected";
  comment: string;
  user: string;
}

/** A folder of files that a run has kept; its bytes are on disk. */
export interface Artifact {
  id: number;
  repository: number;
  run: number;
  name: string;
  size_in_bytes: number;
  created_at: Time;
}
