import type * as pulumi from "@pulumi/pulumi";

/** Who hears of trouble from DigitalOcean itself. */
export interface AlertTargets {
  /** Mail addresses; the vendor sends only to verified members of the team. */
  email: string[];
  slack?: {
    channel: string;
    /** Incoming webhook. Secret. */
    url: pulumi.Input<string>;
  };
}

/** The form that alert policies of droplets, checks and apps share. */
export function notifications(targets: AlertTargets): {
  emails: string[];
  slacks: { channel: string; url: pulumi.Input<string> }[];
} {
  return { emails: targets.email, slacks: targets.slack ? [targets.slack] : [] };
}
