import { existsSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";

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
export type Tool = "node" | "platform" | "pulumi" | "versitygw" | "actionlint" | "shellcheck";

/**
 * The absolute path of a tool, without links, so that what lies beside it can be found too.
 * @throws Error when set-up has not brought it; the message names the command that does.
 */
export function tool(name: Tool): string {
  const link = join(binDir, name);
  if (!existsSync(link)) throw new Error(`${link}: not there yet; run "node tools/setup.mjs"`);
  return realpathSync(link);
}

/**
 * The folder of a `pulumi-language-nodejs` for plain `pulumi preview` and `up`, or undefined where there is none:
 * the one of the official bundle, else the old one that `node tools/setup.mjs --language-plugin` builds.
 * The old one cannot start policy packs, so it must be on PATH only when none is asked for.
 */
export function languagePlugin(): { folder: string; startsPolicyPacks: boolean } | undefined {
  const official = dirname(tool("pulumi"));
  if (existsSync(join(official, "pulumi-language-nodejs")))
    return { folder: official, startsPolicyPacks: true };
  const built = join(root, "node_modules", ".language-plugin");
  return existsSync(join(built, "pulumi-language-nodejs"))
    ? { folder: built, startsPolicyPacks: false }
    : undefined;
}

/** The pinned versions, from package.json: the Pulumi CLI that set-up installs, and Node. */
export function versions(): { pulumi: string; node: string } {
  const { dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    dependencies: { pulumi: string; node: string };
  };
  return { pulumi: dependencies.pulumi, node: dependencies.node };
}
