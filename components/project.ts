import * as digitalocean from "@pulumi/digitalocean";
import type * as pulumi from "@pulumi/pulumi";

/** What a stack is for, as settings name it. */
export type Environment = "production" | "staging" | "sandbox";

// https://docs.digitalocean.com/reference/api/digitalocean/#tag/Projects: Development, Staging or Production.
const environments = { production: "Production", staging: "Staging", sandbox: "Development" } as const;

/** The project that groups a stack's resources in the account's overview. */
export function createProject(
  name: string,
  environment: Environment,
  urns: pulumi.Input<string>[],
  parent: pulumi.Resource,
): digitalocean.Project {
  return new digitalocean.Project(
    `${name}-project`,
    {
      name,
      description: "Odoo, declared by odoo-platform",
      purpose: "Web Application",
      environment: environments[environment],
      resources: urns,
    },
    { parent },
  );
}
