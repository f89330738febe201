import type { Time } from "./time.ts";

export interface Deployment {
  id: number;
  repository: number;
  sha: string;
  ref: string;
  task: string;
  payload: Record<string, unknown> | string;
  environment: string;
  description: string | null;
  transient_environment: boolean;
  production_environment: boolean;
  creator: string;
  created_at: Time;
  updated_at: Time;
}

export type DeploymentState =
  "error" | "failure" | "inactive" | "in_progress" | "queued" | "pending" | "success";

export interface DeploymentStatus {
  id: number;
  deployment: number;
  state: DeploymentState;
  description: string;
  environment: string;
  environment_url: string;
  log_url: string;
  creator: string;
  created_at: Time;
}

export interface CommitStatus {
  id: number;
  repository: number;
  sha: string;
  state: "error" | "failure" | "pending" | "success";
  context: string;
  description: string | null;
  target_url: string | null;
  creator: string;
  created_at: Time;
}

export interface CheckRun {
  id: number;
  repository: number;
  name: string;
  head_sha: string;
  status: "queued" | "in_progress" | "completed" | "waiting" | "requested" | "pending";
  conclusion: string | null;
  external_id: string;
  details_url: string | null;
  output: { title: string | null; summary: string | null; text: string | null };
  started_at: Time | null;
  completed_at: Time | null;
}
