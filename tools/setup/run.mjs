import { spawn } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";

/**
 * Runs a command to its end with its output held back.
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: Record<string, string>, seconds: number }} options
 * @returns {Promise<{ ok: boolean, output: string }>} output holds stdout and stderr in the order they came; a command
 *   that cannot be started or takes longer than `seconds` is not ok and says so in its output
 */
export function run(command, args, { cwd, env = {}, seconds }) {
  return new Promise((done) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    const timer = setTimeout(() => {
      output += `\ngave up after ${seconds} s`;
      child.kill();
    }, seconds * 1000);
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text) => (output += text));
    }
    child.on("error", (error) => {
      clearTimeout(timer);
      done({ ok: false, output: error.message });
    });
    child.on("close", (code) => {
      clearTimeout(timer);
      done({ ok: code === 0, output: output.trim() });
    });
  });
}

/**
 * The lines of an output that a person reads first: the last few, without npm's harmless warnings.
 * @param {string} output
 */
export function lastLines(output, count = 10) {
  const lines = output
    .split("\n")
    .filter((line) => line.trim() !== "" && !/^npm (warn|notice)\b/i.test(line));
  return lines.slice(-count).join("\n");
}

/**
 * Where a command stands on PATH, outside every node_modules: npm puts its own folders first, and what lies there is
 * ours already.
 * @param {string} name
 * @param {string | undefined} path
 */
export function onPath(name, path = process.env.PATH) {
  return (path ?? "")
    .split(delimiter)
    .filter((folder) => folder !== "" && !folder.split("/").includes("node_modules"))
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

/** @param {string} file */
export function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
