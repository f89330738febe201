import { randomBytes } from "node:crypto";
import type { Permission, Token } from "../options.ts";
import { bot } from "./options.ts";
import type { Permissions } from "./workflow-file.ts";

/** The names in a workflow's `permissions`, as fine-grained permissions call them. */
const names = [
  "actions",
  "checks",
  "contents",
  "deployments",
  "issues",
  "packages",
  "pull-requests",
  "statuses",
] as const;

/**
 * A GITHUB_TOKEN that may do what the job's `permissions` say, good for as long as the job runs. Without any, contents and
 * packages may be read, as GitHub gives it to new repositories.
 */
export function jobToken(permissions: Permissions | undefined, readOnly: boolean): Token {
  return {
    value: `ghs_${randomBytes(18).toString("hex")}`,
    login: bot,
    kind: "app",
    permissions: permitted(permissions ?? { contents: "read", packages: "read" }, readOnly),
  };
}

function permitted(permissions: Permissions, readOnly: boolean): Permission[] {
  const level = (name: string): string | undefined => {
    if (typeof permissions === "string") return permissions === "write-all" ? "write" : "read";
    return permissions[name];
  };
  return names.flatMap((name): Permission[] => {
    const wanted = level(name);
    if (wanted !== "read" && wanted !== "write") return [];
    const permission = name.replace("-", "_");
    // A pull request is an issue, and is commented on as one.
    const all = name === "pull-requests" ? [permission, "issues"] : [permission];
    return all.map((one): Permission => `${one}=${readOnly ? "read" : wanted}`);
  });
}
