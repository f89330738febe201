import { operation } from "./operation.ts";
import type { Operation } from "./operation.ts";

/** The account that every sandbox has. Its identity never changes, so that a program can compare it with the last run's. */
export const account = (): Operation[] => [
  operation("account_get", "GET /v2/account", "account:read", (c) =>
    c.json({
      account: {
        droplet_limit: 25,
        floating_ip_limit: 5,
        reserved_ip_limit: 5,
        volume_limit: 100,
        email: "sandbox@example.com",
        name: "Sandbox",
        uuid: "b6f189dbf6d9156cace5f3c78dc9851d957381ef",
        email_verified: true,
        status: "active",
        status_message: "",
        team: { uuid: "5df3e3004a17e242b7c20ca6c9fc25b701a47ece", name: "Sandbox" },
      },
    }),
  ),
];
