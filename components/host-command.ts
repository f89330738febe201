import { readFileSync } from "node:fs";
import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { Eta } from "eta";
import { shellWord } from "../shell-word.ts";

/** A machine that is configured over SSH. */
export interface Machine {
  /** How it is reached, its host key included. */
  connection: pulumi.Input<command.types.input.remote.ConnectionArgs>;
  /** The droplet behind it: another one gets everything anew. */
  dropletId: pulumi.Input<string>;
}

/** A file on the machine, there whole or not at all. */
export interface HostFile {
  /** Absolute path, of letters, digits and `._@\/-`. */
  path: string;
  text: pulumi.Input<string>;
  /** @default "0644" */
  mode?: string;
  /** User and group, by name or number. @default "root:root" */
  owner?: string;
  /** Its text is kept encrypted, and with it all that is sent. A text that is a Pulumi secret is so by itself. */
  secret?: boolean;
}

/** One thing that a machine is to be: its files, and what has to be done once they are there. */
export interface HostConcern {
  /** Folder under host/, and what its errors begin with. */
  name: string;
  files: HostFile[];
  /** Text of host/NAME/apply.sh; host/preamble.sh tells what it stands on. */
  apply: string;
  /** Plain values for apply.sh, exported under these names. */
  variables?: Record<string, pulumi.Input<string>>;
}

/**
 * Brings one concern to a machine, and again whenever something of it changes.
 *
 * Everything goes by standard input: a command's text would stand in `ps` on the machine and in plain in the state.
 *
 * @example
 * hostCommand(`${name}-nginx`, { name: "nginx", files, apply: hostFile("nginx/apply.sh") }, machine, { parent });
 */
export function hostCommand(
  resourceName: string,
  concern: HostConcern,
  machine: Machine,
  opts: pulumi.CustomResourceOptions,
): command.remote.Command {
  return new command.remote.Command(
    resourceName,
    {
      connection: machine.connection,
      create: "bash -s",
      stdin: stdinOf(concern),
      triggers: [machine.dropletId],
      // What a script says of itself, live. All that its commands write stays in the machine's journal.
      logging: command.remote.Logging.Stderr,
      // It would go by variables that no SSH server takes.
      addPreviousOutputInEnv: false,
    },
    opts,
  );
}

/** What is sent: a secret as soon as one file is, else readable in a preview. */
function stdinOf(concern: HostConcern): pulumi.Output<string> {
  const files = concern.files.map(({ text, secret, ...file }) => ({
    ...file,
    text: secret ? pulumi.secret(text) : pulumi.output(text),
  }));
  return pulumi
    .all([pulumi.all(files.map(({ text }) => text)), pulumi.all(concern.variables ?? {})])
    .apply(([texts, variables]) =>
      hostScript({
        name: concern.name,
        files: files.map((file, index) => ({ ...file, text: texts[index] ?? "" })),
        variables,
        apply: concern.apply,
      }),
    );
}

export interface HostScript {
  name: string;
  files: { path: string; text: string; mode?: string; owner?: string }[];
  variables: Record<string, string>;
  apply: string;
}

/** The whole script. In braces, so that bash runs none of it before it has all of it. */
export function hostScript({ name, files, variables, apply }: HostScript): string {
  return [
    "{",
    hostFile("preamble.sh").trimEnd(),
    `begin ${shellWord(name)}`,
    ...Object.entries(variables).map(([key, value]) => `variable ${shellWord(key)} ${shellWord(value)}`),
    ...files.map(putCommand),
    "prune",
    "first_line=$LINENO",
    apply.trimEnd(),
    "finish",
    "}",
    "",
  ].join("\n");
}

function putCommand(file: HostScript["files"][number]): string {
  const { path, text, mode = "0644", owner = "root:root" } = file;
  if (!/^\/[\w.@\\/-]+$/.test(path)) throw new Error(`${path} is no path that a host file can have`);
  // Bash drops them without a word.
  if (text.includes("\0")) throw new Error(`${path} holds a NUL, which a here-document cannot carry`);
  const exact = text.endsWith("\n") ? "" : " exact";
  const end = delimiterFor(text);
  const body = text.endsWith("\n") ? text : `${text}\n`;
  const put = `put ${shellWord(path)} ${shellWord(mode)} ${shellWord(owner)}${exact}`;
  // A here-document holds whole lines; an empty file has none.
  return text === "" ? `${put.slice(0, -" exact".length)} </dev/null` : `${put} <<'${end}'\n${body}${end}`;
}

/** A line that the text does not have. */
function delimiterFor(text: string): string {
  const lines = new Set(text.split("\n"));
  for (let count = 0; ; count++) {
    const end = count === 0 ? "END_OF_FILE" : `END_OF_FILE_${count}`;
    if (!lines.has(end)) return end;
  }
}

/** Reads a text file of this repository's host/ folder. */
export function hostFile(relative: string): string {
  return readFileSync(new URL(`../host/${relative}`, import.meta.url), "utf8");
}

const eta = new Eta({
  // It writes configuration files and scripts, not HTML. Whoever fills one in knows what its form forbids.
  autoEscape: false,
  autoTrim: false,
  autoFilter: true,
  filterFunction: (value: unknown): string => {
    if (typeof value === "string" || typeof value === "number") return String(value);
    throw new Error(`a template writes ${value === null ? "null" : typeof value}, which is no text`);
  },
});

/**
 * Fills a template in: `<%= it.name %>` writes a value, `<% if (it.name) { -%>` decides.
 * @throws Error for a name that `values` does not have, or a value that is neither text nor number
 */
export function render(template: string, values: object): string {
  return eta.renderString(template, strict(values, "it"));
}

/** Reading what is not there throws, instead of writing "undefined" into a machine's configuration. */
function strict<T extends object>(values: T, path: string): T {
  return new Proxy(values, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key);
      if (typeof key === "symbol") return value;
      if (!(key in target)) throw new Error(`a template asks for ${path}.${key}, which it is not given`);
      const plain =
        typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
      return plain ? strict(value, `${path}.${key}`) : value;
    },
  });
}
