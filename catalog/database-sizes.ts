/** One node of a managed Postgres cluster. */
export interface DatabaseSize {
  vcpus: number;
  memoryMb: number;
  diskGb: number;
  /** Connections that the vendor allows; three of them are its own. */
  connections: number;
  usdPerMonth: number;
}

/**
 * Node sizes of managed Postgres, by slug. A standby costs as much again. Prices as listed on 2026-11-01.
 * @see https://www.digitalocean.com/pricing/managed-databases
 */
export const databaseSizes = {
  "db-s-1vcpu-1gb": { vcpus: 1, memoryMb: 1024, diskGb: 10, connections: 22, usdPerMonth: 15.15 },
  "db-s-1vcpu-2gb": { vcpus: 1, memoryMb: 2048, diskGb: 30, connections: 47, usdPerMonth: 30.45 },
  "db-s-2vcpu-4gb": { vcpus: 2, memoryMb: 4096, diskGb: 60, connections: 97, usdPerMonth: 60.9 },
  "db-s-4vcpu-8gb": { vcpus: 4, memoryMb: 8192, diskGb: 140, connections: 197, usdPerMonth: 122.1 },
  "db-s-6vcpu-16gb": { vcpus: 6, memoryMb: 16384, diskGb: 290, connections: 397, usdPerMonth: 244.2 },
} as const satisfies Record<string, DatabaseSize>;

export type DatabaseSizeSlug = keyof typeof databaseSizes;

/** Versions of managed Postgres that a new cluster may have. */
export const databaseVersions = ["14", "15", "16", "17", "18"] as const;
