import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { manifestForms } from "../../catalog/manifest-forms.ts";
import { names, network } from "./addresses.ts";
import type { RegistryAccess } from "./builder.ts";

/** How the sandbox's registry is asked from this computer. */
export interface RegistryClient {
  access: RegistryAccess;
  /** The authority that vouches for it, PEM. */
  ca: string;
}

/**
 * The digest under which the registry keeps an image; undefined when it has none of that tag.
 * @throws Error when the registry does not answer, or refuses the password
 */
export async function imageDigest(
  client: RegistryClient,
  repository: string,
  tag: string,
): Promise<string | undefined> {
  const { statusCode, headers } = await ask(client, `/v2/${repository}/manifests/${tag}`);
  if (statusCode === 404) return undefined;
  if (statusCode !== 200) throw new Error(`the sandbox's registry answered ${statusCode}`);
  return String(headers["docker-content-digest"]);
}

/** Waits until the registry answers: its machine may just be booting. */
export async function untilRegistryAnswers(client: RegistryClient, seconds: number): Promise<void> {
  for (const began = Date.now(); ; await sleep(200)) {
    try {
      await ask(client, "/v2/");
      return;
    } catch (error) {
      if (Date.now() - began > seconds * 1000) throw error;
    }
  }
}

async function ask({ access, ca }: RegistryClient, path: string): Promise<IncomingMessage> {
  const asked = request({
    host: network.builder,
    servername: names.registry,
    method: "HEAD",
    path,
    ca,
    timeout: 5000,
    headers: { host: names.registry, accept: manifestForms },
    auth: `${access.user}:${access.password}`,
  });
  asked.on("timeout", () => asked.destroy(new Error("the sandbox's registry does not answer")));
  asked.end();
  const [answer] = (await once(asked, "response")) as [IncomingMessage];
  answer.resume();
  return answer;
}
