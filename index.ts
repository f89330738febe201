import * as pulumi from "@pulumi/pulumi";
import { readAddons } from "./catalog/read-addons.ts";
import { canProtect } from "./components/github-plan.ts";
import { OdooPlatform } from "./components/odoo-platform.ts";
import type { PlatformOutputs } from "./components/platform-args.ts";
import { chooseRelease, lastOutputs } from "./components/release.ts";
import { loadSettings } from "./settings/load.ts";
import { root } from "./tools/paths.ts";

/**
 * The program: reads a stack's settings, declares the platform, returns what operations need to know of it.
 *
 * A function, because a module runs once in a process and the verbs run the program several times. Plain `pulumi` and
 * `platform` run this same one.
 */
export default async function program(): Promise<PlatformOutputs> {
  const settings = loadSettings();
  const stack = pulumi.getStack();
  const access = {
    baseUrl: process.env["GITHUB_BASE_URL"] ?? "https://api.github.com",
    token: process.env["GITHUB_TOKEN"],
  };
  const [last, repositories] = await Promise.all([
    lastOutputs(),
    Promise.all(
      settings.repositories.map(async (repository) => ({
        ...repository,
        protectable: await canProtect(repository.owner, repository.name, access),
      })),
    ),
  ]);
  const { registry, repository, tag } = settings.image;
  const handedIn = process.env["PLATFORM_RELEASE"] || settings.release;
  const release = chooseRelease({ registry, repository, tag }, last.release, handedIn);
  const name = `${settings.platform.name}-${stack}`;
  // What is wrong in the manifest is for its policy pack to say.
  const addonsPath = readAddons(root).mounts.map(({ path }) => path);
  return new OdooPlatform(name, { ...settings, repositories, addonsPath, stack, release, last }).outputs;
}
