/** What a droplet of one size has, and costs. */
export interface DropletSize {
  vcpus: number;
  memoryMb: number;
  diskGb: number;
  usdPerMonth: number;
}

/**
 * Droplet sizes that suit Odoo, by slug. Prices as listed on 2026-11-01.
 * @see https://www.digitalocean.com/pricing/droplets and `GET /v2/sizes` (price_monthly), which `platform cost` compares.
 */
export const dropletSizes = {
  "s-1vcpu-1gb": { vcpus: 1, memoryMb: 1024, diskGb: 25, usdPerMonth: 6 },
  "s-1vcpu-2gb": { vcpus: 1, memoryMb: 2048, diskGb: 50, usdPerMonth: 12 },
  "s-2vcpu-2gb": { vcpus: 2, memoryMb: 2048, diskGb: 60, usdPerMonth: 18 },
  "s-2vcpu-4gb": { vcpus: 2, memoryMb: 4096, diskGb: 80, usdPerMonth: 24 },
  "s-4vcpu-8gb": { vcpus: 4, memoryMb: 8192, diskGb: 160, usdPerMonth: 48 },
  "s-8vcpu-16gb": { vcpus: 8, memoryMb: 16384, diskGb: 320, usdPerMonth: 96 },
  "s-1vcpu-2gb-amd": { vcpus: 1, memoryMb: 2048, diskGb: 50, usdPerMonth: 14 },
  "s-2vcpu-2gb-amd": { vcpus: 2, memoryMb: 2048, diskGb: 60, usdPerMonth: 21 },
  "s-2vcpu-4gb-amd": { vcpus: 2, memoryMb: 4096, diskGb: 80, usdPerMonth: 28 },
  "s-4vcpu-8gb-amd": { vcpus: 4, memoryMb: 8192, diskGb: 160, usdPerMonth: 56 },
  "s-8vcpu-16gb-amd": { vcpus: 8, memoryMb: 16384, diskGb: 320, usdPerMonth: 112 },
  "c-2": { vcpus: 2, memoryMb: 4096, diskGb: 25, usdPerMonth: 42 },
  "c-4": { vcpus: 4, memoryMb: 8192, diskGb: 50, usdPerMonth: 84 },
  "g-2vcpu-8gb": { vcpus: 2, memoryMb: 8192, diskGb: 25, usdPerMonth: 63 },
  "g-4vcpu-16gb": { vcpus: 4, memoryMb: 16384, diskGb: 50, usdPerMonth: 126 },
} as const satisfies Record<string, DropletSize>;

export type DropletSizeSlug = keyof typeof dropletSizes;
