import sodium, { ready } from "libsodium-wrappers";
import type { Run } from "./run.ts";

/** What somebody might do in a vendor's console, behind the back of the declaration. Each acts once, through the API. */
export const byHand = {
  "deleted-resource": "somebody deletes the droplet's firewall in the console",
  "edited-secret": "somebody sets another value for an Actions secret",
} as const;

export type ByHand = keyof typeof byHand;

/**
 * Does it.
 * @returns what was touched: "the firewall odoo-sandbox"
 * @throws Error when there is nothing of the kind to touch
 */
export const doByHand = async (run: Run, act: ByHand): Promise<string> => await acts[act](run);

const acts: Record<ByHand, (run: Run) => Promise<string>> = {
  "deleted-resource": async (run) => {
    const { firewalls } = await digitalOcean<{ firewalls: { id: string; name: string }[] }>(
      run,
      "GET",
      "/v2/firewalls",
    );
    const firewall = first(firewalls, "firewall");
    await digitalOcean(run, "DELETE", `/v2/firewalls/${firewall.id}`);
    return `the firewall ${firewall.name}`;
  },
  "edited-secret": async (run) => {
    const repositories = await gitHub<{ full_name: string }[]>(run, "GET", "/user/repos?per_page=100");
    for (const { full_name } of repositories) {
      const { environments } = await gitHub<{ environments: { name: string }[] }>(
        run,
        "GET",
        `/repos/${full_name}/environments`,
      );
      for (const { name } of environments) {
        const base = `/repos/${full_name}/environments/${name}/secrets`;
        const [secret] = (await gitHub<{ secrets: { name: string }[] }>(run, "GET", base)).secrets;
        if (!secret) continue;
        await gitHub(run, "PUT", `${base}/${secret.name}`, await sealed(run, `${base}/public-key`));
        return `the secret ${secret.name} of ${full_name}, environment ${name}`;
      }
    }
    throw new Error("there is no secret to edit");
  },
};

async function sealed(run: Run, path: string): Promise<{ key_id: string; encrypted_value: string }> {
  const { key_id, key } = await gitHub<{ key_id: string; key: string }>(run, "GET", path);
  await ready;
  const box = sodium.crypto_box_seal("edited by hand", Buffer.from(key, "base64"));
  return { key_id, encrypted_value: Buffer.from(box).toString("base64") };
}

function first<T>(list: T[], what: string): T {
  const [one] = list;
  if (one === undefined) throw new Error(`there is no ${what} to touch; bring a stack up first`);
  return one;
}

const digitalOcean = async <T>({ ports, credentials }: Run, method: string, path: string): Promise<T> =>
  await call<T>(`http://127.0.0.1:${ports.digitalocean}${path}`, method, credentials.digitaloceanToken);

const gitHub = async <T>(
  { ports, credentials }: Run,
  method: string,
  path: string,
  body?: object,
): Promise<T> =>
  await call<T>(`http://127.0.0.1:${ports.github}${path}`, method, credentials.githubToken, body);

async function call<T>(url: string, method: string, token: string, body?: object): Promise<T> {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const response = await fetch(url, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
  if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${await response.text()}`);
  return (response.status === 204 ? undefined : await response.json().catch(() => undefined)) as T;
}
