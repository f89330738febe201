import { setTimeout as sleep } from "node:timers/promises";

/**
 * The ways in which the sandbox can be broken on purpose, each named for what the user of a real account would meet.
 * The vendors' folders decide what a fault looks like in their API; this file only says which ones are on.
 */
export const faults = {
  "rate-limit": "the API answers 429 with Retry-After",
  "server-error": "the API answers 500",
  "slow-api": "the API answers two seconds late",
  "expired-token": "the API no longer accepts the token",
  "stuck-droplet": "a new droplet never becomes active",
  "failed-deployment": "an App Platform deployment ends in an error",
  "no-answer": "Spaces, or who is told of deployments, takes the request and never answers",
  "unknown-task": "Odoo does not know the task that a deployment names",
  "access-denied": "Spaces answers 403, whatever the key may do",
  "flipped-byte": "an object comes from Spaces with a byte that was not written",
  "truncated-object": "an object comes from Spaces without its second half",
  "free-plan": "GitHub refuses branch protection and environments' reviewers on private repositories",
} as const;

export type FaultName = keyof typeof faults;
/** Whose API; the receivers are those of messages: Slack, Mattermost, PagerDuty, Odoo. */
export const vendors = ["digitalocean", "github", "spaces", "receivers"] as const;
export type Vendor = (typeof vendors)[number];

/** A fault that is on. */
export interface Fault {
  name: FaultName;
  /** Only this vendor's API; all of them when left out. */
  vendor?: Vendor;
  /** Only requests whose `METHOD /path` contains this text. */
  match?: string;
  /** How many more requests it hits; until mended when left out. */
  times?: number;
}

/** Which faults are on. One instance a world; the control route of the sandbox changes it. */
export class Faults {
  #active: Fault[] = [];

  get active(): readonly Fault[] {
    return this.#active;
  }

  add(fault: Fault): void {
    this.#active.push({ ...fault });
  }

  clear(): void {
    this.#active = [];
  }

  /** Whether the fault hits this request, which uses up one of its times. `request` is `METHOD /path`. */
  hits(name: FaultName, vendor: Vendor, request = ""): boolean {
    const fault = this.#active.find(
      (one) =>
        one.name === name &&
        (one.vendor ?? vendor) === vendor &&
        request.includes(one.match ?? "") &&
        (one.times ?? 1) > 0,
    );
    if (!fault) return false;
    if (fault.times !== undefined) fault.times -= 1;
    return true;
  }

  /** Waits where the vendor's API is slow. */
  async delay(vendor: Vendor, request: string): Promise<void> {
    if (this.hits("slow-api", vendor, request)) await sleep(2000);
  }
}
