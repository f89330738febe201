import { type ServerType, serve } from "@hono/node-server";
import type { AddressInfo } from "node:net";
import type { Check, Diagnosis, Patient } from "../../../operations/doctor/check.ts";
import { gitHub } from "../../../sandbox/github/app.ts";
import { memoryWorld } from "../../../sandbox/world.ts";
import { checkSettings } from "../../../settings/check.ts";
import { leastSettings } from "../../settings/sample.ts";

/** A stack for doctor to look at: the least settings, and what a scene adds. */
export function patient(sections: Record<string, unknown>, env: NodeJS.ProcessEnv): Patient {
  const raw = {
    values: { ...leastSettings(), ...sections },
    encrypted: new Set<string>(),
    githubOwner: "acme",
  };
  const file = { ...raw, salt: undefined };
  return { stack: "prod", file, settings: checkSettings(raw).settings, env };
}

/** What a check finds: "state what: found" for each, so that a scene reads as doctor's page does. */
export async function findings(check: Check, of: Patient): Promise<string[]> {
  return (await check(of)).map(told);
}

const told = ({ state, what, found }: Diagnosis): string => `${state} ${what}: ${found}`;

/** The emulated GitHub with the one repository of the stack, which has these variables. */
export const gitHubWith = (variables: Record<string, string>) =>
  gitHub(memoryWorld(), {
    token: "full",
    owner: "acme",
    people: ["ada"],
    plan: "enterprise",
    repositories: [{ owner: "acme", name: "erp", private: true, variables }],
  });

/** Serves an emulated vendor on a port of its own while `run` runs, which is given its origin. */
export async function served<T>(
  app: { fetch: (request: Request) => Response | Promise<Response> },
  run: (origin: string) => Promise<T>,
): Promise<T> {
  const server = await new Promise<ServerType>((resolve) => {
    const made = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }, () => resolve(made));
  });
  try {
    return await run(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.close();
    if ("closeAllConnections" in server) server.closeAllConnections();
  }
}
