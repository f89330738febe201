import * as pulumi from "@pulumi/pulumi";
import type { HostConcern } from "../../components/host-command.ts";

/** A file of a concern, with its text known. */
export interface KnownFile {
  path: string;
  text: string;
  mode: string | undefined;
  owner: string | undefined;
  secret: boolean;
}

/** The files that a concern would put on a machine, by path. */
export async function filesOf(concern: HostConcern): Promise<Map<string, KnownFile>> {
  const files = await Promise.all(
    concern.files.map(async ({ path, text, mode, owner, secret }) => {
      const output = pulumi.output(text);
      const known = await new Promise<string>((resolve) => output.apply(resolve));
      return { path, text: known, mode, owner, secret: (secret ?? false) || (await pulumi.isSecret(output)) };
    }),
  );
  return new Map(files.map((file) => [file.path, file]));
}

/** The text of one file, which must be there. */
export function textOf(files: Map<string, KnownFile>, path: string): string {
  const file = files.get(path);
  if (!file) throw new Error(`${path} is not among ${[...files.keys()].join(", ")}`);
  return file.text;
}
