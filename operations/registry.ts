import { createHash } from "node:crypto";
import { once } from "node:events";
import { type IncomingMessage, request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { getCACertificates } from "node:tls";
import { text } from "node:stream/consumers";
import { manifestForms } from "../catalog/manifest-forms.ts";
import type { Release } from "../components/release.ts";
import { UserError } from "../user-error.ts";

/** What a registry says of an image. */
export interface Image {
  /** "sha256:" and 64 hex digits. */
  digest: string;
  /** The commit that it was built from, where it says so. */
  gitSha?: string;
}

export interface RegistryOptions {
  /** user:token that may pull. @default anonymously */
  credentials?: string | undefined;
  /** PEM of authorities that vouch for the registry, beside the public ones. */
  trusted?: readonly string[];
  signal: AbortSignal;
}

const attemptMs = 10_000;
const longestSuggestion = 5;

/**
 * Looks an image up in its registry, by the protocol that all of them speak.
 *
 * @returns undefined when there is none of that tag or digest
 * @throws {UserError} notAuthenticated: the credentials are refused; failed: the registry does not answer
 * @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md
 */
export async function findImage(
  { registry, repository, tag, digest }: Pick<Release, "registry" | "repository" | "tag" | "digest">,
  options: RegistryOptions,
): Promise<Image | undefined> {
  const client = new Client(registry, repository, options);
  const answer = await client.get(`manifests/${digest ?? tag}`);
  if (answer.status === 404) return undefined;
  if (answer.status !== 200) throw client.refusal(answer.status);
  const found = answer.digest ?? `sha256:${createHash("sha256").update(answer.body).digest("hex")}`;
  const gitSha = await commitOf(client, answer.body).catch(() => undefined);
  return { digest: found, ...(gitSha === undefined ? {} : { gitSha }) };
}

/** The newest tags of an image's name, for whoever asked for one that is not there. */
export async function tagsOf(
  { registry, repository }: Pick<Release, "registry" | "repository">,
  options: RegistryOptions,
): Promise<string[]> {
  const { status, body } = await new Client(registry, repository, options).get("tags/list");
  if (status !== 200) return [];
  const { tags } = JSON.parse(body) as { tags?: string[] | null };
  return (tags ?? []).slice(-longestSuggestion);
}

interface Manifest {
  manifests?: { digest: string; platform?: { architecture?: string } }[];
  config?: { digest: string };
  annotations?: Record<string, string>;
}

const revision = "org.opencontainers.image.revision";

/** By annotation, else by the label that builds put into the image's configuration. */
async function commitOf(client: Client, body: string): Promise<string | undefined> {
  const top = JSON.parse(body) as Manifest;
  const one = top.manifests?.find(({ platform }) => platform?.architecture === "amd64");
  const manifest = one ? (JSON.parse((await client.get(`manifests/${one.digest}`)).body) as Manifest) : top;
  const told = top.annotations?.[revision] ?? manifest.annotations?.[revision];
  if (told !== undefined || !manifest.config?.digest.startsWith("sha256:")) return whole(told);
  const { status, body: config } = await client.get(`blobs/${manifest.config.digest}`);
  if (status !== 200) return undefined;
  const { config: image } = JSON.parse(config) as { config?: { Labels?: Record<string, string> } };
  return whole(image?.Labels?.[revision]);
}

const whole = (sha: string | undefined): string | undefined =>
  sha !== undefined && /^[0-9a-f]{40}$/.test(sha) ? sha : undefined;

interface Answered {
  status: number;
  digest: string | undefined;
  body: string;
}

/** One repository of one registry. It logs in when it is asked to, once. */
class Client {
  readonly #registry: string;
  readonly #root: URL;
  readonly #options: RegistryOptions;
  readonly #repository: string;
  #authorization: string | undefined;

  constructor(registry: string, repository: string, options: RegistryOptions) {
    this.#registry = registry;
    this.#root = rootOf(registry);
    this.#repository =
      registry === "docker.io" && !repository.includes("/") ? `library/${repository}` : repository;
    this.#options = options;
  }

  async get(path: string): Promise<Answered> {
    const url = new URL(`/v2/${this.#repository}/${path}`, this.#root);
    const first = await this.#ask(url, this.#authorization);
    if (first.status !== 401 || this.#authorization !== undefined)
      return await answered(first, this.#options);
    this.#authorization = await this.#logIn(first.challenge ?? "");
    if (this.#authorization === undefined) throw this.refusal(401);
    return await answered(await this.#ask(url, this.#authorization), this.#options);
  }

  refusal(status: number): UserError {
    const name = `${this.#registry}/${this.#repository}`;
    if (status !== 401 && status !== 403)
      return new UserError("failed", `${name}: the registry answers ${status}`, {
        hint: "Try again in a while.",
      });
    const given =
      this.#options.credentials === undefined ? "without credentials" : "with registryCredentials";
    return new UserError("notAuthenticated", `${name}: the registry refuses it ${given} (${status})`, {
      hint: 'It may pull with a token that can read packages: "pulumi config set --secret registryCredentials", as user:token.',
    });
  }

  /** What to send from now on: the credentials themselves, or a token that is given out for them. */
  async #logIn(challenge: string): Promise<string | undefined> {
    const { credentials } = this.#options;
    const basic = credentials && `Basic ${Buffer.from(credentials).toString("base64")}`;
    if (!/^bearer /i.test(challenge)) return basic;
    const field = (name: string): string | undefined => new RegExp(`${name}="([^"]*)"`).exec(challenge)?.[1];
    const realm = field("realm");
    if (realm === undefined || !URL.canParse(realm)) return undefined;
    const url = new URL(realm);
    // Credentials go to the registry's own house alone, and never in the clear to somebody else.
    if (url.protocol !== "https:" && url.origin !== this.#root.origin) return undefined;
    url.searchParams.set("service", field("service") ?? this.#registry);
    url.searchParams.set("scope", field("scope") ?? `repository:${this.#repository}:pull`);
    const { status, body } = await answered(await this.#ask(url, basic), this.#options);
    if (status !== 200) throw this.refusal(status === 400 ? 401 : status);
    const { token, access_token } = JSON.parse(body) as { token?: string; access_token?: string };
    return `Bearer ${token ?? access_token}`;
  }

  async #ask(url: URL, authorization: string | undefined): Promise<Raw> {
    const { trusted = [], signal } = this.#options;
    const ca = trusted.length > 0 ? { ca: [...getCACertificates("default"), ...trusted] } : {};
    const headers = { accept: manifestForms, ...(authorization === undefined ? {} : { authorization }) };
    const all = AbortSignal.any([signal, AbortSignal.timeout(attemptMs)]);
    const ask = url.protocol === "http:" ? httpRequest : httpsRequest;
    try {
      const request = ask(url, { headers, signal: all, ...ca, agent: false });
      request.end();
      const [response] = (await once(request, "response")) as [IncomingMessage];
      const { statusCode = 0, headers: got } = response;
      return {
        status: statusCode,
        body: await text(response),
        digest: one(got["docker-content-digest"]),
        challenge: got["www-authenticate"],
        location: got.location,
      };
    } catch (cause) {
      signal.throwIfAborted();
      const { code, message } = cause as NodeJS.ErrnoException;
      throw new UserError("failed", `${this.#registry}: the registry does not answer (${code ?? message})`, {
        hint: "Is the network up? What runs goes on as it is.",
        cause,
      });
    }
  }
}

interface Raw extends Answered {
  challenge: string | undefined;
  location: string | undefined;
}

const one = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value[0] : value;

/** A blob is often kept elsewhere, behind an address that is signed: no credentials go there. */
async function answered(
  { status, digest, body, location }: Raw,
  { signal }: RegistryOptions,
): Promise<Answered> {
  if (location === undefined || status < 301 || status > 308) return { status, digest, body };
  const response = await fetch(location, {
    signal: AbortSignal.any([signal, AbortSignal.timeout(attemptMs)]),
  });
  return { status: response.status, digest, body: await response.text() };
}

/** Docker's own registry is served by another host than its name; the sandbox serves one under an address of its own. */
function rootOf(registry: string): URL {
  const [, elsewhere] =
    (process.env["PLATFORM_REGISTRIES"] ?? "")
      .split(",")
      .map((pair) => pair.split("="))
      .find(([host]) => host === registry) ?? [];
  return new URL(elsewhere ?? `https://${registry === "docker.io" ? "registry-1.docker.io" : registry}`);
}
