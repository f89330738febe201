import type { World } from "./world.ts";

/** Pushes an image to the world's ghcr.io, as far as it can be looked up there. */
export async function pushImage(world: World, name: string, tag: string, gitSha?: string): Promise<void> {
  const { ports, credentials } = world.run();
  const root = `http://127.0.0.1:${ports.github}`;
  const authorization = `Bearer ${Buffer.from(credentials.githubToken).toString("base64")}`;
  const type = "application/vnd.oci.image.manifest.v1+json";
  const annotations = {
    "org.opencontainers.image.version": tag,
    ...(gitSha === undefined ? {} : { "org.opencontainers.image.revision": gitSha }),
  };
  const { status } = await fetch(`${root}/v2/${name}/manifests/${tag}`, {
    method: "PUT",
    headers: { authorization, "content-type": type },
    body: JSON.stringify({ schemaVersion: 2, mediaType: type, layers: [], annotations }),
  });
  if (status !== 201) throw new Error(`the registry answered ${status}`);
}
