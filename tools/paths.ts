import { existsSync, readFileSync, readlinkSync, realpathSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

export { cacheDir } from "./setup/folders.mjs";

/**
 * Where set-up (`tools/setup.mjs`) has put things. Look-ups only: nothing here runs, makes or downloads anything.
 *
 * Whatever the project runs is linked into `node_modules/.bin`, so that one folder, put first on PATH, is the whole
 * toolchain, and removing `node_modules` removes it.
 */
export const root: string = dirname(import.meta.dirname);

/** Put it first on the PATH of every child: `node` is then Node 24 and `pulumi` the one that set-up chose. */
export const binDir: string = join(root, "node_modules", ".bin");

/** What set-up brings that is no npm package's own command. */
export type Tool = "node" | "platform" | "pulumi" | "versitygw" | "act" | "actionlint" | "shellcheck";

/**
 * The absolute path of a tool: what its link points at, one hop only, because version managers (mise, asdf) put links
 * on PATH that work under their own name alone.
 * @throws Error when set-up has not brought it; the message names the command that does.
 */
export function tool(name: Tool): string {
  const link = join(binDir, name);
  if (!existsSync(link)) throw new Error(`${link}: not there yet; run "node tools/setup.mjs"`);
  return resolve(binDir, readlinkSync(link));
}

/**
 * A `pulumi-language-nodejs` for plain `pulumi preview` and `up`, or undefined where there is none: the one beside the
 * CLI, else the old one that `node tools/setup.mjs --language-plugin` builds. The engine finds the former by itself.
 * The old one cannot start policy packs, so its folder belongs on PATH only when none is asked for.
 */
export function languagePlugin(): { folder: string; startsPolicyPacks: boolean } | undefined {
  const besideCli = dirname(realpathSync(tool("pulumi")));
  if (existsSync(join(besideCli, "pulumi-language-nodejs"))) {
    return { folder: besideCli, startsPolicyPacks: true };
  }
  const built = join(root, "node_modules", ".language-plugin");
  if (existsSync(join(built, "pulumi-language-nodejs"))) return { folder: built, startsPolicyPacks: false };
  return undefined;
}

/** The versions pinned in package.json: of the Pulumi CLI that set-up installs, and of Node. */
export function versions(): { pulumi: string; node: string } {
  const { dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    dependencies: { pulumi: string; node: string };
  };
  return { pulumi: dependencies.pulumi, node: dependencies.node };
}
