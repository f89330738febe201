import type { ResourceValidationPolicy } from "@pulumi/policy";
import { objectsOf, type PlatformInputs, platformType, violation } from "./platform.ts";

/** What is wrong with a resource, and the way out; nothing where all is well. */
type Check = (props: Record<string, unknown>) => [fault: string, fix: string] | undefined;

/** All traffic is encrypted and the other side checked: browsers to Odoo, an app to its database, GitHub's webhooks. */
export const tls: ResourceValidationPolicy = {
  name: "production/tls",
  description: "All traffic is encrypted.",
  enforcementLevel: "mandatory",
  validateResource: ({ type, name, props }, report) => {
    const [fault, fix] = checks[type]?.(props) ?? [];
    if (fault && fix) report(violation({ name, type }, fault, fix));
  },
};

const checks: Record<string, Check> = {
  [platformType]: (props: PlatformInputs) => {
    const directory = props.tls?.directory;
    if (typeof directory !== "string" || !directory.startsWith("https:") || !URL.canParse(directory))
      return [
        "certificates do not come by https",
        "set tls.directory to the https address of an ACME directory",
      ];
    // https://letsencrypt.org/docs/staging-environment/: no browser trusts its certificates.
    if (props.platform?.environment === "production" && /\bstaging\b/.test(new URL(directory).hostname))
      return [
        "no browser trusts the certificates of a staging directory",
        "set tls.directory to the directory for production",
      ];
    return undefined;
  },
  "digitalocean:index/app:App": (props) => {
    const envs = envsOf(props["spec"]);
    const mode = envs.get("PGSSLMODE");
    if (!envs.has("PGHOST") || ["require", "verify-ca", "verify-full"].includes(String(mode)))
      return undefined;
    return ["the app may talk to its database unencrypted", "set PGSSLMODE to require or more in spec.envs"];
  },
  "github:index/repositoryWebhook:RepositoryWebhook": (props) => {
    const { url, insecureSsl } = (props["configuration"] ?? {}) as { url?: unknown; insecureSsl?: unknown };
    if (insecureSsl !== undefined && insecureSsl !== false)
      return ["GitHub would not check whom it delivers to", "set configuration.insecureSsl to false"];
    if (!String(url).startsWith("https://"))
      return ["deliveries are not encrypted", "set configuration.url to an https address"];
    return undefined;
  },
};

/** The variables of an app: its own and those of its parts. */
function envsOf(spec: unknown): ReadonlyMap<unknown, unknown> {
  const { services, workers, jobs } = (spec ?? {}) as Record<string, unknown>;
  const holders = [spec, ...[services, workers, jobs].flatMap((parts) => objectsOf<object>(parts))];
  const envs = holders.flatMap((one) =>
    objectsOf<{ key?: unknown; value?: unknown }>((one as { envs?: unknown } | undefined)?.envs),
  );
  // Values of other variables may not be known yet, so only the ones asked for are read.
  return new Map(
    envs
      .filter(({ key }) => key === "PGHOST" || key === "PGSSLMODE")
      .map((env) => [env.key, env.key === "PGSSLMODE" ? env.value : true]),
  );
}
