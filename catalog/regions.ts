/** What one region of DigitalOcean is called and offers. */
export interface Region {
  city: string;
  /** App Platform names the city's group, not the data centre. */
  app: string;
  /** Spaces buckets can be made here. */
  spaces: boolean;
}

/**
 * Regions by slug.
 * @see https://docs.digitalocean.com/platform/regional-availability/
 */
export const regions = {
  nyc1: { city: "New York", app: "nyc", spaces: false },
  nyc3: { city: "New York", app: "nyc", spaces: true },
  sfo2: { city: "San Francisco", app: "sfo", spaces: true },
  sfo3: { city: "San Francisco", app: "sfo", spaces: true },
  tor1: { city: "Toronto", app: "tor", spaces: true },
  atl1: { city: "Atlanta", app: "atl", spaces: true },
  ams3: { city: "Amsterdam", app: "ams", spaces: true },
  lon1: { city: "London", app: "lon", spaces: true },
  fra1: { city: "Frankfurt", app: "fra", spaces: true },
  sgp1: { city: "Singapore", app: "sgp", spaces: true },
  blr1: { city: "Bangalore", app: "blr", spaces: true },
  syd1: { city: "Sydney", app: "syd", spaces: true },
} as const satisfies Record<string, Region>;

export type RegionSlug = keyof typeof regions;
