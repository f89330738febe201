import { dropletSizes } from "../../catalog/droplet-sizes.ts";
import { regions } from "../../catalog/regions.ts";
import { found, notFound } from "./errors.ts";
import { operation, page, param } from "./operation.ts";
import type { Operation } from "./operation.ts";

/** What the vendor has for everyone: regions, sizes, images. */
export const platform = (): Operation[] => [
  operation("regions_list", "GET /v2/regions", "regions:read", (c) =>
    page(c, "regions", Object.keys(regions).map(showRegion)),
  ),
  operation("sizes_list", "GET /v2/sizes", "sizes:read", (c) =>
    page(c, "sizes", Object.keys(dropletSizes).map(showSize)),
  ),
  operation("images_list", "GET /v2/images", "image:read", (c) => {
    const type = c.req.query("type");
    const mine = c.req.query("private") === "true";
    const list = images.filter(
      (one) => !mine && (!type || type === (one.application ? "application" : "distribution")),
    );
    return page(c, "images", list.map(showImage));
  }),
  operation("images_get", "GET /v2/images/:image_id", "image:read", (c) =>
    c.json({ image: showImage(found(findImage(param(c, "image_id")))) }),
  ),
];

/** Sizes that a region does not have: the oldest region has no premium and no dedicated processors. */
const lacking: Record<string, (slug: string) => boolean> = {
  sfo2: (slug) => slug.endsWith("-amd") || !slug.startsWith("s-"),
};

export const isRegion = (slug: string): boolean => Object.hasOwn(regions, slug);
export const isSize = (slug: string): boolean => Object.hasOwn(dropletSizes, slug);
export const isSizeIn = (region: string, slug: string): boolean => isSize(slug) && !lacking[region]?.(slug);

export function sizeOf(slug: string): (typeof dropletSizes)[keyof typeof dropletSizes] {
  return dropletSizes[slug as keyof typeof dropletSizes];
}

/** The region as the vendor shows it wherever a resource has one. */
export function showRegion(slug: string) {
  if (!isRegion(slug)) throw notFound();
  const { city } = regions[slug as keyof typeof regions];
  return {
    name: `${city} ${slug.slice(3)}`,
    slug,
    features: ["backups", "ipv6", "metadata", "install_agent", "storage", "image_transfer"],
    available: true,
    sizes: Object.keys(dropletSizes).filter((size) => isSizeIn(slug, size)),
  };
}

export function showSize(slug: string) {
  const { vcpus, memoryMb, diskGb, usdPerMonth } = sizeOf(slug);
  return {
    slug,
    memory: memoryMb,
    vcpus,
    disk: diskGb,
    transfer: transferTb(memoryMb, vcpus),
    price_monthly: usdPerMonth,
    price_hourly: Math.round((usdPerMonth / 672) * 100_000) / 100_000,
    regions: Object.keys(regions).filter((region) => isSizeIn(region, slug)),
    available: true,
    description: slug.endsWith("-amd") ? "Basic AMD" : slug.startsWith("s-") ? "Basic" : "Dedicated CPU",
    networking_throughput: 2000,
    disk_info: [{ type: "local", size: { amount: diskGb, unit: "gib" } }],
  };
}

/** Traffic that comes with a size, in TB. @see https://www.digitalocean.com/pricing/droplets */
function transferTb(memoryMb: number, vcpus: number): number {
  const byMemory: Record<number, number> = { 1024: 1, 2048: vcpus + 1, 4096: 4, 8192: 5 };
  return byMemory[memoryMb] ?? 6;
}

interface Image {
  id: number;
  slug: string;
  distribution: string;
  name: string;
  application?: true;
}

const images: readonly Image[] = [
  { id: 200_000_001, slug: "debian-13-x64", distribution: "Debian", name: "13 x64" },
  { id: 200_000_002, slug: "debian-12-x64", distribution: "Debian", name: "12 x64" },
  { id: 200_000_003, slug: "ubuntu-24-04-x64", distribution: "Ubuntu", name: "24.04 (LTS) x64" },
  { id: 200_000_004, slug: "ubuntu-22-04-x64", distribution: "Ubuntu", name: "22.04 (LTS) x64" },
  { id: 200_000_005, slug: "rockylinux-9-x64", distribution: "Rocky Linux", name: "9 x64" },
  {
    id: 200_000_006,
    slug: "docker-20-04",
    distribution: "Ubuntu",
    name: "Docker on Ubuntu",
    application: true,
  },
];

/** An image by its slug or its number. */
export const findImage = (key: string | number): Image | undefined =>
  images.find((one) => one.slug === key || String(one.id) === String(key));

export function showImage({ id, slug, distribution, name }: Image) {
  return {
    id,
    name,
    type: "base",
    distribution,
    slug,
    public: true,
    regions: Object.keys(regions),
    created_at: "2025-08-11T12:00:00Z",
    min_disk_size: 10,
    size_gigabytes: 0.6,
    description: `${distribution} ${name}`,
    tags: [],
    status: "available",
    error_message: "",
  };
}
