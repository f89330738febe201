/** What a stack is made of, as far as it decides which permissions a token needs. */
export interface ScopeNeeds {
  host: "droplet" | "app";
  managedDatabase: boolean;
  ownsZone: boolean;
}

const crud = (name: string): string[] =>
  ["create", "read", "update", "delete"].map((verb) => `${name}:${verb}`);

const machine = [
  ...["droplet", "firewall", "reserved_ip", "ssh_key", "vpc"].flatMap(crud),
  // A volume is changed by actions: attach, detach, resize.
  ...["create", "read", "delete"].map((verb) => `block_storage:${verb}`),
  ...["create", "read"].map((verb) => `block_storage_action:${verb}`),
  ...crud("monitoring"),
  "image:read",
];

// Without view_credentials the user's password is missing from the answer.
const cluster = [...crud("database"), "database:view_credentials"];

const tags = ["tag:create", "tag:read", "tag:delete"];

/** What nearly every other scope asks for: a token cannot be made without them. */
const companions = ["actions:read", "regions:read", "sizes:read", "spaces:read"];

/**
 * The least scopes of a DigitalOcean token for such a stack.
 * @see https://docs.digitalocean.com/reference/api/scopes/
 */
export function digitaloceanScopes(needs: ScopeNeeds): string[] {
  const droplet = needs.host === "droplet";
  return [
    "account:read",
    ...companions,
    ...(droplet ? machine : crud("app")),
    ...(needs.managedDatabase ? cluster : []),
    ...(droplet || needs.managedDatabase ? tags : []),
    ...crud("domain").filter((scope) => needs.ownsZone || scope !== "domain:delete"),
    ...crud("project"),
    "project:assign_resource",
    ...["create_credentials", "read", "update", "delete"].map((verb) => `spaces_key:${verb}`),
    ...crud("uptime"),
  ];
}

/**
 * The least permissions of a fine-grained GitHub token; a classic one needs the scope `repo`.
 * @see https://docs.github.com/en/rest/authentication/permissions-required-for-fine-grained-personal-access-tokens
 */
export const githubPermissions = [
  "actions: read (environments)",
  "administration: write (rulesets, environments)",
  "contents: write (evidence, nonces of dispatches)",
  "deployments: write (what was deployed)",
  "environments: write (their secrets and variables)",
  "issues: write (labels, incidents)",
  "metadata: read",
  "secrets: write",
  "variables: write",
  "webhooks: write",
] as const;
