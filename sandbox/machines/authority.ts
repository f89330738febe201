import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";

/** The private authority of one world: it vouches for the sandbox's registry and for its ACME server's own address. */
export interface Authority {
  /** Certificate, PEM. */
  certificate: string;
  /** A certificate for one name or several, and its key: paths of PEM files, made on first use. */
  issue(name: string, ...others: string[]): Promise<{ certificate: string; key: string }>;
}

const days = 3650;
const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-noenc"];

/** @param folder where it is kept, readable by its owner alone */
export async function openAuthority(folder: string): Promise<Authority> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const own = await pair(
    folder,
    "ca",
    ["-subj", "/CN=Odoo sandbox authority", "-days", String(days)],
    ["basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign,cRLSign"],
  );
  return {
    certificate: readFileSync(own.certificate, "utf8"),
    issue: async (name, ...others) =>
      await pair(
        folder,
        [name, ...(others.length > 0 ? [digest(others)] : [])].join("-"),
        ["-CA", own.certificate, "-CAkey", own.key, "-subj", `/CN=${name}`, "-days", "825"],
        [
          `subjectAltName=${[name, ...others].map((one) => `DNS:${one}`).join(",")}`,
          "basicConstraints=critical,CA:FALSE",
        ],
      ),
  };
}

/** Another list of names is another certificate. */
const digest = (names: string[]): string =>
  createHash("sha256").update(names.join()).digest("hex").slice(0, 8);

/** OpenSSL's own program, because Node can make keys but no certificates. */
async function pair(
  folder: string,
  name: string,
  args: string[],
  extensions: string[],
): Promise<{ certificate: string; key: string }> {
  const [certificate, key] = [join(folder, `${name}.pem`), join(folder, `${name}.key`)];
  if (existsSync(certificate)) return { certificate, key };
  // No umask of ours is needed: OpenSSL makes keys readable by their owner alone.
  const files = ["-keyout", key, "-out", `${certificate}.partial`];
  await execa("openssl", [
    "req",
    "-x509",
    "-batch",
    ...newKey,
    ...args,
    ...extensions.flatMap((one) => ["-addext", one]),
    ...files,
  ]);
  renameSync(`${certificate}.partial`, certificate);
  return { certificate, key };
}
