/** What the emulator remembers: facts only. Status, addresses shown, and counts are derived when answering. */

export interface Droplet {
  id: number;
  name: string;
  /** As the vendor: `new` until booted. `archive` never happens here. */
  status: "new" | "active" | "off";
  region: string;
  size: string;
  /** GB; stays when a resize leaves the disk alone. */
  disk: number;
  image: number;
  features: string[];
  tags: string[];
  vpc_uuid: string;
  public_ipv4: string;
  private_ipv4: string;
  user_data: string;
  ssh_keys: number[];
  created_at: string;
}

/** What an action does to the world once it is complete. */
export type Change =
  | { kind: "power"; droplet: number; on: boolean }
  | { kind: "rename"; droplet: number; name: string }
  /** `disk` in GB where it grows too. */
  | { kind: "resize"; droplet: number; size: string; disk: number | null }
  | { kind: "feature"; droplet: number; feature: string; on: boolean }
  | { kind: "attach"; volume: string; droplet: number }
  | { kind: "detach"; volume: string; droplet: number }
  | { kind: "grow"; volume: string; size_gigabytes: number }
  | { kind: "assign"; ip: string; droplet: number }
  | { kind: "unassign"; ip: string }
  /** A reboot: it takes its time and leaves all as it was. */
  | { kind: "none" };

export interface Action {
  id: number;
  type: string;
  status: "in-progress" | "completed" | "errored";
  started_at: string;
  completed_at: string | null;
  /** When it will be complete. */
  due_at: string;
  /** Held back for as long as the `stuck-droplet` fault is on. */
  stuck: boolean;
  resource_type: "droplet" | "volume" | "reserved_ip";
  resource_id: number | null;
  /** Which volume or address it belongs to, where that has no number. */
  subject: string;
  /** The droplet that is busy with it. */
  droplet: number | null;
  region: string;
  change: Change;
}

export interface Volume {
  id: string;
  name: string;
  region: string;
  size_gigabytes: number;
  description: string;
  filesystem_type: string;
  filesystem_label: string;
  droplet: number | null;
  tags: string[];
  created_at: string;
}

export interface Vpc {
  id: string;
  name: string;
  description: string;
  region: string;
  ip_range: string;
  default: boolean;
  created_at: string;
}

export interface ReservedIp {
  ip: string;
  region: string;
  droplet: number | null;
}

export interface SshKey {
  id: number;
  name: string;
  public_key: string;
  fingerprint: string;
}

export interface FirewallRule {
  protocol: "tcp" | "udp" | "icmp";
  ports: string;
  sources?: Peers;
  destinations?: Peers;
}
export interface Peers {
  addresses?: string[] | undefined;
  tags?: string[] | undefined;
  droplet_ids?: number[] | undefined;
  load_balancer_uids?: string[] | undefined;
  kubernetes_ids?: string[] | undefined;
}

export interface Firewall {
  id: string;
  name: string;
  inbound_rules: FirewallRule[];
  outbound_rules: FirewallRule[];
  droplet_ids: number[];
  tags: string[];
  created_at: string;
}

export interface Project {
  id: string;
  name: string;
  description: string;
  purpose: string;
  environment: string;
  is_default: boolean;
  created_at: string;
  updated_at: string;
}

/** Which project a thing is in, by its urn. */
export interface Assignment {
  urn: string;
  project: string;
  assigned_at: string;
}

export interface Domain {
  name: string;
  ttl: number;
}

export interface DomainRecord {
  id: number;
  domain: string;
  type: string;
  name: string;
  data: string;
  priority: number | null;
  port: number | null;
  ttl: number;
  weight: number | null;
  flags: number | null;
  tag: string | null;
}

export interface Certificate {
  id: string;
  name: string;
  type: "custom" | "lets_encrypt";
  dns_names: string[];
  not_after: string;
  sha1_fingerprint: string;
  created_at: string;
  due_at: string;
}
