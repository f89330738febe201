import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import type { Release } from "../../components/release.ts";
import { machinesCache } from "../../operations/sandbox-machines.ts";
import { names, network } from "../../sandbox/machines/addresses.ts";
import { builderLogin } from "../../sandbox/machines/builder.ts";
import { buildImages } from "../../sandbox/machines/image-build.ts";
import { debianTarball } from "../../sandbox/machines/images.ts";
import { type RegistryClient, imageDigest } from "../../sandbox/machines/registry.ts";
import { Shell } from "../../sandbox/machines/shell.ts";
import type { Run } from "../../sandbox/run.ts";
import { root } from "../../tools/paths.ts";

interface Fault {
  /** What of the add-on is spoilt: it counts as changed. */
  addon?: "import";
  /** A migration that fails: a file in `releases/faults/`. */
  migration?: string;
  /** The library beside it cannot be imported. */
  library?: true;
  /** What runs in the server's place, or before it: a file in `releases/faults/`. */
  start?: string;
  /** What of `odoo.http` is spoilt. */
  http?: string;
}

/**
 * Releases for tests: the checkout's image and the add-on `release_probe`. A tag says what is in it, `1.MINOR.PATCH[-FAULT]`:
 *
 * - 1.0 begins the add-on, 1.1 adds a required field by a migration, 1.2 one more;
 * - a patch is the same add-on in another image, so that nothing has to be updated;
 * - a fault is what the release suffers from.
 */
const faults: Record<string, Fault> = {
  /** Its migration raises after it has committed half of the rows. */
  migration: { migration: "migration.py" },
  /** The same, and only where it is not rehearsed. */
  "migration-live": { migration: "migration-live.py" },
  /** One add-on cannot be imported; it has changed, so it would be updated. */
  import: { addon: "import" },
  /** Python lacks what an unchanged add-on imports, so no update finds it. */
  library: { library: true },
  /** The server ends at once. */
  crash: { start: "crash.sh" },
  /** It serves a quarter of a minute late. */
  slow: { start: "slow.sh" },
  /** It takes all the memory that its container may have. */
  memory: { start: "memory.sh" },
  /** It answers 500 from 5 seconds after the first request from outside on. */
  "healthy-then-500": { http: "http.py" },
};

const files = join(import.meta.dirname, "releases");
const series = "19.0";
const repository = "sandbox/odoo";

/** What a tag asks for. @throws Error for a tag of another form */
export function parseTag(tag: string): { minor: number; fault: Fault } {
  const [, minor, said = ""] = /^1\.([012])\.\d+(?:-([a-z0-9-]+))?$/.exec(tag) ?? [];
  // The name that people know the worst of them by.
  const fault = said === "broken" ? faults["migration"] : said === "" ? {} : faults[said];
  if (minor === undefined || fault === undefined)
    throw new Error(`${tag}: is no release for tests; 1.MINOR.PATCH[-${Object.keys(faults).join("|")}] is`);
  if (fault.migration && minor === "0") throw new Error(`${tag}: 1.0 has no migration that could fail`);
  return { minor: Number(minor), fault };
}

/** The sandbox whose builder makes them: `run.json` of its folder, as `readRun` reads it. */
export type Builder = Pick<Run, "dir" | "credentials">;

/**
 * Builds and pushes a release in seconds, since it is a small layer upon the checkout's image.
 * @throws Error with what the build said last
 */
export async function buildTestRelease(builder: Builder, tag: string): Promise<Release> {
  const registry = registryOf(builder);
  const base = await checkoutImage(builder, registry);
  const context = mkdtempSync(join(tmpdir(), "test-release-"));
  const shell = await Shell.open({
    host: network.builder,
    ...builderLogin(join(builder.dir, "builder")),
    seconds: 30,
  });
  try {
    writeContext(context, tag);
    const { user, password } = registry.access;
    await shell.run(
      `docker login ${names.registry} --username ${user} --password-stdin >/dev/null`,
      password,
    );
    const tar = execFileSync("tar", ["-c", "-C", context, "."]);
    const name = `${names.registry}/${repository}`;
    const build = [
      "docker buildx build --progress=plain --provenance=false --sbom=false --push",
      `--build-arg BASE=${name}@${base} --tag ${name}:${tag} "$folder"`,
    ].join(" ");
    const unpacked = 'folder=$(mktemp -d) && trap \'rm -rf "$folder"\' EXIT && tar -x -C "$folder"';
    await shell.run(`${unpacked} && ${build}`, Readable.from([tar]));
  } finally {
    shell.close();
    rmSync(context, { recursive: true });
  }
  const digest = await imageDigest(registry, repository, tag);
  if (digest === undefined) throw new Error(`${tag} was built, but the registry does not have it`);
  return { registry: names.registry, repository, tag, digest };
}

/** The release of the checkout, as `npm start` brings it up. */
export async function checkoutRelease(builder: Builder): Promise<Release> {
  const { tag, digest } = await checkout(builder, registryOf(builder));
  return { registry: names.registry, repository, tag, digest };
}

const checkoutImage = async (builder: Builder, registry: RegistryClient): Promise<string> =>
  (await checkout(builder, registry)).digest;

async function checkout(builder: Builder, registry: RegistryClient) {
  return await buildImages({
    root,
    builderFolder: join(builder.dir, "builder"),
    registry,
    repository,
    series,
    companions: ["postgres", "mail-catcher"],
    debian: () => debianTarball(machinesCache()),
    tell: () => {},
  });
}

const registryOf = ({ dir, credentials }: Builder): RegistryClient => ({
  access: { user: "sandbox", password: credentials.registryPassword },
  ca: readFileSync(join(dir, "authority", "ca.pem"), "utf8"),
});

/** What the image is built from, in an empty folder. */
export function writeContext(folder: string, tag: string): void {
  const { minor, fault } = parseTag(tag);
  const text = (name: string): string => readFileSync(join(files, name), "utf8");
  const write = (file: string, content: string): void => writeFileSync(join(folder, file), content);

  for (let each = 0; each <= minor; each += 1)
    cpSync(join(files, "addon", `1.${each}`), join(folder, "release_probe"), { recursive: true });
  if (fault.addon === "import")
    write("release_probe/__init__.py", text("addon/1.0/__init__.py") + text("faults/import.py"));
  if (fault.migration)
    write(
      `release_probe/migrations/${series}.1.${minor}.0/post-halfway.py`,
      text(`faults/${fault.migration}`),
    );
  for (const file of ["Dockerfile", "start"]) cpSync(join(files, file), join(folder, file));
  write("start-fault", fault.start ? text(`faults/${fault.start}`) : "");
  write("http-fault.py", fault.http ? text(`faults/${fault.http}`) : "");
  write("release_probe_text.py", text(fault.library ? "faults/library.py" : "release_probe_text.py"));
  write("release.txt", `${tag}\n`);
}

/**
 * Installs the add-on in the database of a machine that runs such a release, through the container that serves. Odoo's
 * other processes hear of it and load it.
 */
export async function installProbe(machine: Shell): Promise<void> {
  const odoo = "odoo -c /etc/odoo/odoo.conf -d odoo --no-http --workers=0 --max-cron-threads=0";
  await machine.run(
    `docker exec "$(${servingContainer})" ${odoo} --stop-after-init --log-level=warn -i release_probe`,
  );
}

/** Shell words that say which container answers, on a machine with two places for it and on one with a single. */
const servingContainer = 'echo "odoo-web$(sed s/^/-/ /var/lib/odoo-platform/odoo-slot 2>/dev/null || true)"';
