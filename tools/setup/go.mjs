import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { machineFault, Unavailable } from "./errors.mjs";
import { root } from "./folders.mjs";
import { intoPlace } from "./place.mjs";
import { isExecutable, lastLines, onPath, run } from "./run.mjs";

/**
 * What tools/go/NAME/go.mod pins.
 * @param {string} name
 * @returns {{ folder: string, version: string }} version without its "v"
 */
export function goTool(name) {
  const folder = join(root, "tools", "go", name);
  return { folder, version: toolVersion(readFileSync(join(folder, "go.mod"), "utf8")) };
}

/**
 * The version of the module that holds the command on the `tool` line.
 * @param {string} goMod
 */
export function toolVersion(goMod) {
  const command = /^tool (\S+)$/m.exec(goMod)?.[1] ?? "";
  const modules = [...goMod.matchAll(/^(?:require)?\s*(\S+) v(\S+?)(?: \/\/ indirect)?$/gm)];
  const holder = modules
    .map(([, path = "", version = ""]) => ({ path, version }))
    .filter(({ path }) => command === path || command.startsWith(`${path}/`))
    .sort((a, b) => b.path.length - a.path.length)[0];
  if (holder === undefined) throw new Error(`go.mod: no module of it holds the tool "${command}"`);
  return holder.version;
}

/**
 * Builds the tool of tools/go/NAME with the machine's Go. The file appears under its final name only when it is whole,
 * so two set-ups at once do each other no harm.
 * @param {string} name
 * @param {string} file
 * @param {{ expect: string, define?: string }} options expect: how long it takes, for people; define: "PACKAGE.NAME=VALUE"
 * @param {import("./progress.mjs").Doing} doing
 */
export async function goBuild(name, file, { expect, define }, doing) {
  // Where go.dev's archive is unpacked, for those who have yet to put it on PATH.
  const go = onPath("go") ?? join(process.env.GOROOT ?? "/usr/local/go", "bin", "go");
  if (!isExecutable(go)) throw new Unavailable("there is no Go to build it with");
  const { folder, version } = goTool(name);
  const flags = ["-s", "-w", ...(define === undefined ? [] : ["-X", define])].join(" ");
  doing(`building ${version} from Go modules, ${expect}`);
  await intoPlace(file, async (partial) => {
    const { ok, output } = await run(
      go,
      ["build", "-trimpath", "-buildvcs=false", "-mod=readonly", "-ldflags", flags, "-o", partial, "tool"],
      { cwd: folder, env: { CGO_ENABLED: "0", GOWORK: "off" }, seconds: 3600 },
    );
    if (!ok) throw goFault(output, file);
  });
  return file;
}

/**
 * @param {string} output
 * @param {string} file
 */
function goFault(output, file) {
  const offline =
    /no such host|dial tcp|i\/o timeout|TLS handshake|connection refused|network is unreachable/.exec(output);
  if (offline) return new Unavailable(`the Go module proxy cannot be reached (${offline[0]})`);
  const old = /requires go >= \S+/.exec(output) ?? /unknown directive: tool/.exec(output);
  if (old) return new Unavailable(`the Go of this machine is too old (${old[0]})`);
  return (
    machineFault(output, `${dirname(file)}, or Go's cache,`) ??
    new Unavailable(`go build: ${lastLines(output, 3)}`)
  );
}
