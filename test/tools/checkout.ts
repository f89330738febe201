import { execFile } from "node:child_process";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { root, versions } from "../../tools/paths.ts";

export interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

/**
 * A checkout with what set-up reads, on a machine that has only what a scene gives it: a PATH of scripts, empty caches, no
 * network. The path has a space in it, because people's have.
 */
export class Checkout {
  readonly home: string = fs.mkdtempSync(join(tmpdir(), "set up "));
  readonly root: string = join(this.home, "odoo platform");
  readonly pulumiHome: string = join(this.home, "pulumi");
  readonly cache: string = join(this.home, "cache");
  private readonly commands = join(this.home, "commands");

  constructor() {
    for (const file of ["package.json", "package-lock.json", "bin/platform", "tools"]) {
      fs.cpSync(join(root, file), join(this.root, file), { recursive: true });
    }
    fs.mkdirSync(this.commands);
    // What a shell script cannot do without, and nothing else of this machine.
    for (const name of ["sh", "cat", "cp", "chmod", "mkdir", "dirname", "readlink", "sleep", "tar", "gzip"]) {
      const found = (process.env["PATH"] ?? "")
        .split(delimiter)
        .find((folder) => fs.existsSync(join(folder, name)));
      if (found !== undefined) fs.symlinkSync(join(found, name), join(this.commands, name));
    }
    this.write(
      "no-network.mjs",
      `globalThis.fetch = () => Promise.reject(new TypeError("fetch failed", { cause: { code: "ENOTFOUND" } }));`,
    );
  }

  /** Packages as `npm ci` leaves them, as far as set-up looks. */
  withPackages(): this {
    const modules = join(this.root, "node_modules");
    fs.mkdirSync(join(modules, ".bin"), { recursive: true });
    fs.copyFileSync(join(this.root, "package-lock.json"), join(modules, ".package-lock.json"));
    fs.rmSync(join(modules, "node"), { force: true });
    fs.symlinkSync(join(root, "node_modules", "node"), join(modules, "node"));
    return this;
  }

  /** A command on PATH. */
  withCommand(name: string, script: string): this {
    this.executable(join(this.commands, name), script);
    return this;
  }

  /** A Pulumi CLI on PATH that can start policy packs. */
  withPulumiOnPath(version: string = versions().pulumi): this {
    return this.withCommand("pulumi", `echo v${version}`).withCommand("pulumi-language-nodejs", "exit 0");
  }

  /** A Go whose builds take no time. */
  withGo(): this {
    return this.withCommand(
      "go",
      `while [ "$1" != -o ]; do shift; done\nprintf '#!/bin/sh\\necho v${versions().pulumi}\\n' >"$2"\nchmod +x "$2"`,
    );
  }

  executable(file: string, script: string): void {
    fs.mkdirSync(dirname(file), { recursive: true });
    fs.writeFileSync(file, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }

  write(file: string, text: string): string {
    const path = join(this.home, file);
    fs.writeFileSync(path, text);
    return path;
  }

  setUp(args: string[] = [], env: Record<string, string> = {}): Promise<Ended> {
    const script = join(this.root, "tools", "setup.mjs");
    return this.run(
      process.execPath,
      ["--import", join(this.home, "no-network.mjs").replaceAll(" ", "%20"), script, ...args],
      env,
    );
  }

  /** Runs a command from a folder that is not the checkout. */
  run(command: string, args: string[], env: Record<string, string> = {}): Promise<Ended> {
    return new Promise((done) => {
      const options = {
        cwd: this.home,
        env: {
          PATH: this.commands,
          HOME: this.home,
          PULUMI_HOME: this.pulumiHome,
          XDG_CACHE_HOME: this.cache,
          GOROOT: join(this.home, "no-go"),
          ...env,
        },
      };
      execFile(command, args, options, (error, stdout, stderr) => {
        done({ code: error === null ? 0 : Number(error.code ?? 1), stdout, stderr });
      });
    });
  }

  /** What a link in node_modules points at. */
  link(name: string): string {
    return fs.readlinkSync(join(this.root, "node_modules", name));
  }

  has(name: string): boolean {
    return fs.existsSync(join(this.root, name));
  }

  remove(): void {
    fs.rmSync(this.home, { recursive: true, force: true });
  }
}
