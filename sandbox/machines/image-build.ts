import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream, existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { names, network } from "./addresses.ts";
import { builderLogin } from "./builder.ts";
import { type RegistryClient, imageDigest, untilRegistryAnswers } from "./registry.ts";
import { Shell } from "./shell.ts";

export interface ImageBuild {
  /** The checkout: `images/` and the manifest are what is built from. */
  root: string;
  /** Where the builder's keys are. */
  builderFolder: string;
  registry: RegistryClient;
  /** Image's name in the registry. */
  repository: string;
  /** Odoo series, the tag's first part. */
  series: string;
  /** What to build beside Odoo, by the name of its bake target. */
  companions: readonly string[];
  /** A minimal Debian, made on first use. */
  debian: () => Promise<string>;
  tell: (text: string) => void;
}

/** An image of the sandbox's registry. */
export interface BuiltImage {
  tag: string;
  digest: string;
  /** False when it was there already. */
  built: boolean;
}

/**
 * Builds the images of this checkout and pushes them, unless the registry has them: the tag says what they were built from.
 * Minutes the first time, because every layer is made from packages; seconds when one file has changed.
 */
export async function buildImages(build: ImageBuild): Promise<BuiltImage> {
  const { registry, repository, series, companions } = build;
  const tag = `${series}-${contentDigest(build.root)}`;
  await untilRegistryAnswers(registry, 60);
  const there = await Promise.all([
    imageDigest(registry, repository, tag),
    ...companions.map((name) =>
      imageDigest(registry, `${repository}-${name}`, companionTag(build.root, name)),
    ),
  ]);
  const [digest] = there;
  if (digest !== undefined && !there.includes(undefined)) return { tag, digest, built: false };
  const shell = await Shell.open({
    host: network.builder,
    ...builderLogin(build.builderFolder),
    seconds: 30,
  });
  try {
    await bake(shell, build, tag);
  } finally {
    shell.close();
  }
  const pushed = await imageDigest(registry, repository, tag);
  if (pushed === undefined)
    throw new Error(`${repository}:${tag} was built, but the registry does not have it`);
  return { tag, digest: pushed, built: true };
}

const trusted = "/usr/local/share/odoo-sandbox/ca-certificates.crt";
const debianImage = "odoo-sandbox/debian:trixie";
const odooBase = "odoo-sandbox/odoo-base";

async function bake(shell: Shell, build: ImageBuild, tag: string): Promise<void> {
  const { registry, repository, series, companions, tell } = build;
  const { user, password } = registry.access;
  await shell.run("systemctl start docker && rm -rf /root/context && mkdir /root/context");
  await shell.run(`docker login ${names.registry} --username ${user} --password-stdin >/dev/null`, password);
  if ((await shell.run(`docker image ls --quiet ${debianImage}`)) === "") {
    tell("a minimal Debian");
    await shell.run(`docker import - ${debianImage} >/dev/null`, createReadStream(await build.debian()));
  }
  await shell.run("tar -x -C /root/context", tarOf(build.root));
  const bases = (await reachesDockerHub(shell))
    ? ""
    : `DEBIAN_BASE=${debianImage} ODOO_BASE=${odooBase}:${series}`;
  const hear = (line: string): void => {
    const step = stepOf(line);
    if (step !== undefined) tell(step);
  };
  const start = `cd /root/context && export CA_FILE=${trusted} ${bases}`;
  if (bases !== "")
    await shell.run(
      `${start} && docker buildx bake --file images/docker-bake.hcl --progress=plain odoo-base`,
      "",
      hear,
    );
  const targets = ["odoo", ...companions].join(" ");
  await shell.run(`${start} && images/build.sh ${names.registry} ${repository} ${tag} ${targets}`, "", hear);
}

/** Official images are what users have; where they are out of reach, the same is made from Debian's packages. */
const reachesDockerHub = async (shell: Shell): Promise<boolean> =>
  (await shell.run("getent hosts registry-1.docker.io >/dev/null && echo yes || echo no")).trim() === "yes";

/** "#12 [odoo 4/9] RUN …" is what BuildKit says of a step that begins. */
const stepOf = (line: string): string | undefined => /^#\d+ \[(.+?)\]/.exec(line)?.[1];

const context = ["images", "addons.manifest.json", "config", "addons"];

function tarOf(root: string) {
  const { stdout } = spawn(
    "tar",
    ["-c", "-C", root, ...context.filter((name) => existsSync(join(root, name)))],
    {
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  return stdout;
}

/** Changes when anything does that an image is built from. */
function contentDigest(root: string): string {
  const hash = createHash("sha256");
  for (const name of context.filter((one) => existsSync(join(root, one)))) {
    for (const file of filesOf(join(root, name)).sort())
      hash.update(file.slice(root.length)).update("\0").update(readFileSync(file));
  }
  return hash.digest("hex").slice(0, 12);
}

function filesOf(path: string): string[] {
  if (path.endsWith(".json")) return [path];
  return readdirSync(path, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
}

/** The tag that the bake file gives a companion. */
function companionTag(root: string, name: string): string {
  const bake = readFileSync(join(root, "images", "docker-bake.hcl"), "utf8");
  const tag = new RegExp(`-${name}:([\\w.-]+)`).exec(bake)?.[1];
  if (tag === undefined) throw new Error(`images/docker-bake.hcl: names no tag for ${name}`);
  return tag;
}
