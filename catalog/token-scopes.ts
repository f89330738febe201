/** What a stack is made of, as far as it decides which permissions a token needs. */
export interface ScopeNeeds {
  host: "droplet" | "app";
  managedDatabase: boolean;
  ownsZone: boolean;
  repositories: boolean;
}

/**
 * The least scopes of a DigitalOcean token for such a stack.
 * @see https://docs.digitalocean.com/reference/api/scopes/
 */
export function digitaloceanScopes(needs: ScopeNeeds): string[] {
  const crud = (name: string): string[] =>
    ["create", "read", "update", "delete"].map((verb) => `${name}:${verb}`);
  const droplet = ["droplet", "block_storage", "firewall", "reserved_ip", "vpc"].flatMap(crud);
  return [
    "account:read",
    ...(needs.host === "droplet"
      ? [...droplet, "block_storage_action:create", ...crud("ssh_key"), ...crud("tag")]
      : []),
    ...(needs.host === "app" ? crud("app") : []),
    ...(needs.managedDatabase ? crud("database") : []),
    ...crud("domain").filter((scope) => needs.ownsZone || scope !== "domain:delete"),
    ...crud("monitoring"),
    ...crud("project"),
    ...crud("spaces_key"),
    ...crud("uptime"),
  ];
}

/**
 * The least permissions of a fine-grained GitHub token; a classic one needs the scope `repo`.
 * @see https://docs.github.com/en/rest/authentication/permissions-required-for-fine-grained-personal-access-tokens
 */
export const githubPermissions = [
  "administration: write (rulesets)",
  "environments: write",
  "issues: write (labels)",
  "metadata: read",
  "secrets: write",
  "variables: write",
  "webhooks: write",
] as const;

/** Scopes of a classic GitHub token. */
export const githubScopes = ["repo"] as const;
