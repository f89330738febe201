/** What the probe tells of, in the order of the report, and how each comes right again. */
interface Kind {
  /** In the report. */
  title: string;
  /** The probe's section that tells it. */
  section: string;
  /** Concerns that put it back, by their names. */
  concerns: string[];
  /** Whose value is never shown. */
  hidden?: boolean;
}

export const kinds = {
  file: { title: "files", section: "files", concerns: [] },
  folder: { title: "folders", section: "files", concerns: ["base", "volume-mount"] },
  unit: {
    title: "units",
    section: "units",
    concerns: ["base", "firewall-rules", "volume-mount", "docker", "nginx", "certificate"],
  },
  timer: { title: "timers", section: "timers", concerns: ["base", "certificate"] },
  package: {
    title: "packages",
    section: "packages",
    concerns: ["base", "firewall-rules", "volume-mount", "docker", "nginx", "certificate"],
  },
  container: { title: "containers", section: "containers", concerns: ["mail", "postgres", "odoo", "n8n"] },
  image: { title: "images", section: "containers", concerns: ["images"] },
  network: { title: "Docker networks", section: "containers", concerns: ["docker"] },
  nginx: { title: "nginx", section: "nginx_state", concerns: ["nginx"] },
  sshd: { title: "sshd", section: "sshd_state", concerns: ["base"] },
  firewall: { title: "firewall", section: "firewall", concerns: ["firewall-rules"] },
  certificate: { title: "certificate", section: "certificate", concerns: ["certificate"] },
  postgres: { title: "Postgres", section: "database", concerns: ["postgres"] },
  odoo: { title: "Odoo's settings", section: "database", concerns: [] },
  module: { title: "Odoo's modules", section: "database", concerns: [] },
  user: { title: "users", section: "users", concerns: [] },
  password: { title: "passwords", section: "users", concerns: [], hidden: true },
  group: { title: "groups", section: "users", concerns: [] },
  key: { title: "SSH keys", section: "users", concerns: [] },
  sysctl: { title: "kernel settings", section: "kernel", concerns: ["docker"] },
  mount: { title: "mounts", section: "kernel", concerns: ["volume-mount"] },
  swap: { title: "swap", section: "kernel", concerns: ["base"] },
  port: { title: "listening ports", section: "ports", concerns: [] },
} satisfies Record<string, Kind>;

export const kindOf = (name: string): Kind | undefined => (kinds as Record<string, Kind>)[name];
