import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { getRequestListener } from "@hono/node-server";

import { digitalOcean } from "../../../sandbox/digitalocean/app.ts";
import { gitHub } from "../../../sandbox/github/app.ts";
import type { GitHubOptions } from "../../../sandbox/github/options.ts";
import { memoryWorld, type World } from "../../../sandbox/world.ts";

/** An emulated vendor that listens, and what it remembers. */
export interface Emulated {
  readonly url: string;
  readonly world: World;
  /** `METHOD /path`, in the order of arrival. */
  readonly asked: string[];
  /** Asks the API itself, as somebody beside Pulumi would. */
  ask(method: string, path: string, body?: unknown): Promise<unknown>;
  close(): Promise<void>;
}

const token = "token-of-a-test";

export const emulatedDigitalOcean = (parts: Partial<World> = {}): Promise<Emulated> =>
  listen(parts, (world) => {
    const settle = { dropletMs: 0, actionMs: 0, databaseMs: 0, deploymentMs: 0, certificateMs: 0 };
    return digitalOcean(world, { token, settle }).fetch;
  });

export const emulatedGitHub = (
  options: Partial<GitHubOptions>,
  parts: Partial<World> = {},
): Promise<Emulated> => listen(parts, (world) => gitHub(world, { token, owner: "acme", ...options }).fetch);

/** What the plugins need to find the emulated vendors. */
export const environmentOf = (vendors: {
  digitalOcean?: Emulated;
  gitHub?: Emulated;
}): Record<string, string> => ({
  ...(vendors.digitalOcean && { DIGITALOCEAN_API_URL: vendors.digitalOcean.url, DIGITALOCEAN_TOKEN: token }),
  ...(vendors.gitHub && { GITHUB_BASE_URL: vendors.gitHub.url, GITHUB_TOKEN: token, GITHUB_OWNER: "acme" }),
});

type Fetch = (request: Request) => Response | Promise<Response>;

async function listen(parts: Partial<World>, app: (world: World) => Fetch): Promise<Emulated> {
  const world = memoryWorld(parts);
  const asked: string[] = [];
  const fetchApp = app(world);
  const listener = getRequestListener((request) => {
    const { pathname, search } = new URL(request.url);
    asked.push(`${request.method} ${pathname}${search}`);
    return fetchApp(request);
  });
  const server = createServer((request, response) => void listener(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    world,
    asked,
    ask: async (method, path, body) => {
      const response = await fetch(url + path, {
        method,
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
      const text = await response.text();
      return text === "" ? undefined : JSON.parse(text);
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
