import type { Time } from "./time.ts";
import type { Plan } from "../options.ts";

export interface Owner {
  id: number;
  login: string;
  type: "User" | "Organization";
  plan: Plan;
  created_at: Time;
}

export interface Team {
  id: number;
  organization: string;
  name: string;
  slug: string;
  members: string[];
  created_at: Time;
}
