/** What the emulator remembers of the managed services: facts only, as in rows.ts. */

export interface Database {
  id: string;
  name: string;
  version: string;
  size: string;
  region: string;
  num_nodes: number;
  storage_size_mib: number;
  private_network_uuid: string;
  tags: string[];
  maintenance_window: { day: string; hour: string };
  /** What it is until `due_at`; from then on it is online. */
  busy: "creating" | "resizing" | "migrating";
  due_at: string;
  created_at: string;
  dbs: string[];
  users: { name: string; role: "primary" | "normal"; password: string }[];
  pools: { name: string; mode: string; size: number; db: string; user: string | null }[];
  rules: { uuid: string; type: string; value: string; created_at: string }[];
}

/** An App Platform spec: the parts that the emulator looks at. Everything else is kept as it came. */
export interface AppSpec {
  name: string;
  region?: string | undefined;
  envs?: AppVariable[] | null | undefined;
  domains?: { domain: string; type?: string | undefined }[] | null | undefined;
  alerts?: { rule: string }[] | null | undefined;
  services?: AppComponent[] | null | undefined;
  workers?: AppComponent[] | null | undefined;
  jobs?: AppComponent[] | null | undefined;
  static_sites?: AppComponent[] | null | undefined;
}
export interface AppComponent {
  name: string;
  instance_size_slug?: string | undefined;
  instance_count?: number | undefined;
  envs?: AppVariable[] | null | undefined;
  image?: { digest?: string | undefined } | null | undefined;
  alerts?: { rule: string }[] | null | undefined;
}
export interface AppVariable {
  key: string;
  value?: string | undefined;
  type?: string | undefined;
}

export interface App {
  id: string;
  spec: AppSpec;
  host: string;
  /** Hex; seals the SECRET variables of this app and signs the links to its logs. */
  key: string;
  /** The rollback it is held at, until that is committed or reverted. */
  pinned: string | null;
  /** Of the app itself, whose component is "", and of its components. */
  alerts: {
    id: string;
    component: string;
    spec: { rule: string };
    emails: string[];
    slack_webhooks: unknown[];
  }[];
  created_at: string;
  updated_at: string;
}

export interface Deployment {
  id: string;
  app: string;
  spec: AppSpec;
  cause: string;
  cloned_from: string | null;
  created_at: string;
  /** To the millisecond; its phases are shares of the time between the two. */
  started_at: string;
  due_at: string;
  fails: boolean;
  /** Ended before its time by another deployment, or by hand. */
  ended: "SUPERSEDED" | "CANCELED" | null;
}

export interface UptimeCheck {
  id: string;
  name: string;
  type: string;
  target: string;
  regions: string[];
  enabled: boolean;
}

export interface UptimeAlert {
  id: string;
  check: string;
  name: string;
  type: string;
  threshold: number;
  comparison: string;
  period: string;
  notifications: Notifications;
}

export interface Notifications {
  email: string[];
  slack: { channel: string; url: string }[];
}

export interface AlertPolicy {
  uuid: string;
  type: string;
  description: string;
  compare: string;
  value: number;
  window: string;
  entities: string[];
  tags: string[];
  alerts: Notifications;
  enabled: boolean;
}

export interface SpacesKey {
  name: string;
  access_key: string;
  secret_key: string;
  grants: { bucket: string; permission: "read" | "readwrite" | "fullaccess" }[];
  created_at: string;
}
