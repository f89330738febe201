import type { Time } from "./time.ts";

export interface Label {
  id: number;
  repository: number;
  name: string;
  color: string;
  description: string | null;
  default: boolean;
}

/** An issue, or a pull request, which is an issue with branches. */
export interface Issue {
  id: number;
  repository: number;
  number: number;
  title: string;
  body: string | null;
  state: "open" | "closed";
  state_reason: "completed" | "not_planned" | "duplicate" | "reopened" | null;
  user: string;
  labels: number[];
  assignees: string[];
  locked: boolean;
  closed_at: Time | null;
  closed_by: string | null;
  created_at: Time;
  updated_at: Time;
  pull?: {
    head: string;
    base: string;
    draft: boolean;
    merged_at: Time | null;
    merge_commit_sha: string | null;
  };
}

export interface Comment {
  id: number;
  issue: number;
  user: string;
  body: string;
  created_at: Time;
  updated_at: Time;
}
