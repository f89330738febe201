/** How App Platform is told of one registry. */
export interface AppRegistry {
  /** The vendor's name of its kind. */
  type: "GHCR" | "DOCKER_HUB" | "DOCR";
  /** The owner stands apart from the image's name; DigitalOcean's own registry is the account's, and is not named. */
  ownerNamed: boolean;
}

/**
 * The registries that App Platform can pull an image from, by host. There are no others.
 * @see https://docs.digitalocean.com/products/app-platform/reference/app-spec/ (image.registry_type, image.registry)
 */
export const appRegistries: Readonly<Record<string, AppRegistry>> = {
  "ghcr.io": { type: "GHCR", ownerNamed: true },
  "docker.io": { type: "DOCKER_HUB", ownerNamed: true },
  "registry.digitalocean.com": { type: "DOCR", ownerNamed: false },
};
