import { checkSettings } from "../../settings/check.ts";

/** A certificate authority's own, for a hundred years and nothing. */
export const authority = `-----BEGIN CERTIFICATE-----
MIIBRDCB96ADAgECAhQGBmCNFA6mkIGQnxLLpw90GvL33DAFBgMrZXAwFzEVMBMG
A1UEAwwMRXhhbXBsZSBSb290MCAXDTI2MTEyNjEwNDIyN1oYDzIxMjYxMTAyMTA0
MjI3WjAXMRUwEwYDVQQDDAxFeGFtcGxlIFJvb3QwKjAFBgMrZXADIQAqWrx8xkSZ
+lv5l6+eBwyYMqS4JnKovdTBUsDtEWt6h6NTMFEwHQYDVR0OBBYEFJ7XcziGO1Z8
4wiYrAikWrbT94KPMB8GA1UdIwQYMBaAFJ7XcziGO1Z84wiYrAikWrbT94KPMA8G
A1UdEwEB/wQFMAMBAf8wBQYDK2VwA0EAA8VptoVexcIoKLplmXUTz412hwZX/F6K
0oV1jQqlmvVUjC2MA1VQDed9n33OtVuwtxQjpLhbTBZ47WIkw/IqCQ==
-----END CERTIFICATE-----
`;

type Values = Record<string, unknown>;

/** The least that a stack's settings can say, and be whole. */
export const leastSettings = (): Values => ({
  platform: { environment: "production", domain: "erp.example.com", zone: { name: "example.com" } },
  host: { kind: "droplet", adminNetworks: ["203.0.113.0/24"] },
  image: { repository: "acme/odoo" },
  tls: { contact: "ops@example.com" },
  alerts: { email: ["ops@example.com"] },
});

/** The same on App Platform. */
export const leastAppSettings = (): Values => ({
  ...leastSettings(),
  host: { kind: "app" },
  database: { kind: "managed" },
});

interface More {
  encrypted?: string[];
  githubOwner?: string;
}

/** What is wrong with these values, as people read it. */
export function faultsOf(values: Values, { encrypted = [], githubOwner }: More = {}): string[] {
  const { faults } = checkSettings({ values, encrypted: new Set(encrypted), githubOwner });
  return faults.map(({ path, message }) => `${path}: ${message}`);
}

/** What is wrong when these sections stand in for those of a whole stack. */
export const faultsWith = (sections: Values, more?: More): string[] =>
  faultsOf({ ...leastSettings(), ...sections }, more);
