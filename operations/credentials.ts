import { UserError } from "../user-error.ts";
import { askDigitalOcean, askGitHub } from "./vendor.ts";

/**
 * Asks both vendors who we are, before anything is written: a token that has expired in the middle leaves half an
 * update behind, and a refresh with one takes resources for deleted (https://github.com/pulumi/pulumi-github/issues/202).
 *
 * @returns whose DigitalOcean account it is, for the card
 * @throws {UserError} notAuthenticated, naming the token and the way out
 */
export async function checkCredentials(
  repositories: readonly { owner: string; name: string }[],
): Promise<string> {
  const [account] = await Promise.all([digitalOceanAccount(), ...repositories.map(seesRepository)]);
  return account;
}

async function digitalOceanAccount(): Promise<string> {
  const { status, body } = await askDigitalOcean("/v2/account");
  // A token without account:read is told by 403, and is still a token.
  if (status === 403) return "an account that the token may not name";
  if (status !== 200) throw refused("DIGITALOCEAN_TOKEN", "DigitalOcean", status, body);
  const { email, team } = (body["account"] ?? {}) as { email?: string; team?: { name?: string } };
  return [team?.name, email].filter(Boolean).join(", ");
}

/** A token that may not see a repository is told 404, which the provider takes for "deleted". */
async function seesRepository({ owner, name }: { owner: string; name: string }): Promise<void> {
  const { status, body } = await askGitHub(`/repos/${owner}/${name}`);
  if (status === 200) return;
  if (status !== 404) throw refused("GITHUB_TOKEN", "GitHub", status, body);
  const message = `GITHUB_TOKEN: it cannot see ${owner}/${name}, or there is no such repository`;
  throw new UserError("notAuthenticated", message, {
    hint: "Give the token access to it, or correct repositories.",
    next: "platform doctor",
  });
}

function refused(variable: string, vendor: string, status: number, body: Record<string, unknown>): UserError {
  const said = [status, body["message"]].filter(Boolean).join(" ");
  if (status !== 401)
    return new UserError("failed", `${vendor} answered ${said}`, { hint: "Try again in a while." });
  return new UserError("notAuthenticated", `${variable}: ${vendor} does not accept it (${said})`, {
    hint: "It has expired or was revoked: make a new one, then put it into the environment.",
    next: "platform doctor",
  });
}
