/** One instance of an App Platform component. */
export interface AppSize {
  vcpus: number;
  memoryMb: number;
  /** Several instances of one component are allowed. */
  scalable: boolean;
  usdPerMonth: number;
}

/**
 * Instance sizes of App Platform, by slug. Prices as listed on 2026-11-01.
 * @see https://www.digitalocean.com/pricing/app-platform and `GET /v2/apps/tiers/instance_sizes` (usd_per_month)
 */
export const appSizes = {
  "apps-s-1vcpu-1gb-fixed": { vcpus: 1, memoryMb: 1024, scalable: false, usdPerMonth: 10 },
  "apps-s-1vcpu-1gb": { vcpus: 1, memoryMb: 1024, scalable: true, usdPerMonth: 12 },
  "apps-s-1vcpu-2gb": { vcpus: 1, memoryMb: 2048, scalable: true, usdPerMonth: 25 },
  "apps-s-2vcpu-4gb": { vcpus: 2, memoryMb: 4096, scalable: true, usdPerMonth: 50 },
  "apps-d-1vcpu-1gb": { vcpus: 1, memoryMb: 1024, scalable: true, usdPerMonth: 34 },
  "apps-d-1vcpu-2gb": { vcpus: 1, memoryMb: 2048, scalable: true, usdPerMonth: 39 },
  "apps-d-1vcpu-4gb": { vcpus: 1, memoryMb: 4096, scalable: true, usdPerMonth: 49 },
  "apps-d-2vcpu-4gb": { vcpus: 2, memoryMb: 4096, scalable: true, usdPerMonth: 78 },
  "apps-d-2vcpu-8gb": { vcpus: 2, memoryMb: 8192, scalable: true, usdPerMonth: 98 },
  "apps-d-4vcpu-8gb": { vcpus: 4, memoryMb: 8192, scalable: true, usdPerMonth: 156 },
} as const satisfies Record<string, AppSize>;

export type AppSizeSlug = keyof typeof appSizes;
