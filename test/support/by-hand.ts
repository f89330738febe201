/** One change that somebody makes on a machine, past the program. */
export interface ByHand {
  what: string;
  /** Run by bash as root; files that it changes are in `$saved` before. */
  change: string;
  undo: string;
  /** "KIND NAME" of what tells of it. */
  seenAs: string[];
  /** Whether `drift --fix` puts it right. */
  fixed?: boolean;
}

const psql = (database: string, statement: string): string =>
  `docker exec -i postgres psql -X -q -v ON_ERROR_STOP=1 -U postgres ${database} <<'SQL'\n${statement}\nSQL`;

/** Puts a file back as it was, owner and mode too. */
const edit = (path: string, change: string): Pick<ByHand, "change" | "undo"> => {
  const kept = `/run/by-hand/${path.replaceAll("/", "_")}`;
  return {
    change: `install -d -m 0700 /run/by-hand; cp -a --remove-destination ${path} ${kept}; ${change}`,
    undo: `[ ! -e ${kept} ] || cp -a --remove-destination ${kept} ${path}`,
  };
};

const extra = (path: string, text: string): Pick<ByHand, "change" | "undo"> => ({
  change: `printf '%s\\n' '${text}' >${path}`,
  undo: `rm -f ${path}`,
});

const catcher = "$(docker inspect --format '{{.Config.Image}}' mail-catcher)";
const candidate = "/etc/odoo-platform/nginx/candidate/tls.conf";
const library = "/usr/local/lib/odoo-platform/containers.sh";

/** One or more for every kind of thing that host/probe/drift.sh tells of. */
export const machineChanges: ByHand[] = [
  {
    what: "a file of a concern is edited",
    ...edit(candidate, `echo '# by hand' >>${candidate}`),
    seenAs: [`file ${candidate}`],
    fixed: true,
  },
  {
    what: "a script of the platform can be written by everybody",
    ...edit(library, `chmod 0666 ${library}`),
    seenAs: [`file ${library}`],
    fixed: true,
  },
  {
    what: "Docker is configured otherwise",
    ...edit("/etc/docker/daemon.json", "sed -i 's/{/{ /' /etc/docker/daemon.json"),
    seenAs: ["file /etc/docker/daemon.json"],
    fixed: true,
  },
  {
    what: "a secret is replaced",
    ...edit(
      "/etc/odoo-platform/secrets/postgres/password",
      "echo by-hand >/etc/odoo-platform/secrets/postgres/password",
    ),
    seenAs: ["file /etc/odoo-platform/secrets/postgres/password"],
    fixed: true,
  },
  {
    what: "a name leads elsewhere on the machine",
    ...edit("/etc/hosts", "echo '192.0.2.1 registry.by-hand.test' >>/etc/hosts"),
    seenAs: ["file /etc/hosts"],
  },
  {
    what: "somebody may do everything",
    ...extra("/etc/sudoers.d/by-hand", "nobody ALL=(ALL) NOPASSWD: ALL"),
    seenAs: ["file /etc/sudoers.d/by-hand"],
  },
  {
    what: "something runs every day",
    ...extra("/etc/cron.d/by-hand", "0 4 * * * nobody true"),
    seenAs: ["file /etc/cron.d/by-hand"],
  },
  {
    what: "root has a crontab",
    change:
      "install -d -m 1730 /var/spool/cron/crontabs; echo '0 5 * * * true' >/var/spool/cron/crontabs/root; chmod 0600 /var/spool/cron/crontabs/root",
    undo: "rm -f /var/spool/cron/crontabs/root",
    seenAs: ["file /var/spool/cron/crontabs/root"],
  },
  {
    what: "the package's nginx has a site",
    ...extra("/etc/nginx/conf.d/by-hand.conf", "# by hand"),
    seenAs: ["file /etc/nginx/conf.d/by-hand.conf"],
  },
  {
    what: "a folder can be written by everybody",
    change: "chmod 0777 /etc/odoo-platform/mail",
    undo: "chmod 0755 /etc/odoo-platform/mail",
    seenAs: ["folder /etc/odoo-platform/mail"],
    fixed: true,
  },
  {
    what: "a service that nobody declared starts with the machine",
    change: `printf '[Service]\\nExecStart=/bin/true\\n[Install]\\nWantedBy=multi-user.target\\n' >/etc/systemd/system/by-hand.service
      systemctl daemon-reload; systemctl enable -q by-hand.service`,
    undo: "systemctl disable -q by-hand.service; rm -f /etc/systemd/system/by-hand.service; systemctl daemon-reload",
    seenAs: [
      "file /etc/systemd/system/by-hand.service",
      "file .*/multi-user.target.wants/by-hand.service",
      "unit by-hand.service",
    ],
  },
  {
    what: "nginx runs with another drop-in",
    change:
      "printf '[Service]\\nNice=1\\n' >/etc/systemd/system/nginx.service.d/by-hand.conf; systemctl daemon-reload",
    undo: "rm -f /etc/systemd/system/nginx.service.d/by-hand.conf; systemctl daemon-reload",
    seenAs: ["file /etc/systemd/system/nginx.service.d/by-hand.conf", "unit nginx.service"],
    fixed: true,
  },
  {
    what: "certificates are no longer renewed",
    change: "systemctl disable -q --now odoo-platform-certificate.timer",
    undo: "systemctl enable -q --now odoo-platform-certificate.timer",
    seenAs: [
      "unit odoo-platform-certificate.timer",
      "timer odoo-platform-certificate.timer",
      "file .*/timers.target.wants/odoo-platform-certificate.timer",
    ],
    fixed: true,
  },
  {
    what: "a timer that nobody declared waits",
    change: "systemd-run --quiet --unit=by-hand-later --on-calendar=yearly true",
    undo: "systemctl stop by-hand-later.timer 2>/dev/null || true",
    seenAs: ["timer by-hand-later.timer"],
  },
  {
    what: "a package was asked for by name",
    change: "apt-mark manual python3-minimal >/dev/null",
    undo: "apt-mark auto python3-minimal >/dev/null",
    seenAs: ["package python3-minimal"],
  },
  {
    what: "a package gets no security updates",
    change: "apt-mark hold nginx >/dev/null",
    undo: "apt-mark unhold nginx >/dev/null",
    seenAs: ["package nginx"],
    fixed: true,
  },
  {
    what: "a container that nobody declared runs",
    change: `docker run --quiet --detach --name by-hand --network none --entrypoint sleep ${catcher} 600 >/dev/null`,
    undo: "docker rm --force by-hand >/dev/null 2>&1 || true",
    seenAs: ["container by-hand"],
  },
  {
    what: "a container does not come back after a reboot",
    change: "docker update --restart=no mail-catcher >/dev/null",
    undo: "docker update --restart=unless-stopped mail-catcher >/dev/null",
    seenAs: ["container mail-catcher: restart"],
    fixed: true,
  },
  {
    what: "a tag means another image",
    change: `docker inspect --format '{{.Image}}' mail-catcher >/run/by-hand/image; docker tag "$(docker inspect --format '{{.Image}}' postgres)" ${catcher}`,
    undo: `[ ! -e /run/by-hand/image ] || docker tag "$(cat /run/by-hand/image)" ${catcher}`,
    seenAs: ["image .*odoo-mail-catcher.*"],
    fixed: true,
  },
  {
    what: "there is another network",
    change: "docker network create by-hand >/dev/null",
    undo: "docker network rm by-hand >/dev/null 2>&1 || true",
    seenAs: ["network by-hand"],
  },
  {
    what: "nginx is configured otherwise",
    ...edit(
      "/etc/odoo-platform/nginx/current/limits.conf",
      "echo 'limit_conn_status 429;' >>/etc/odoo-platform/nginx/current/limits.conf",
    ),
    seenAs: ["nginx effective configuration", "file /etc/odoo-platform/nginx/conf-.*/limits.conf"],
    fixed: true,
  },
  {
    what: "sshd holds more sessions of a connection",
    ...extra("/etc/ssh/sshd_config.d/99-by-hand.conf", "MaxSessions 99"),
    seenAs: ["sshd maxsessions", "file /etc/ssh/sshd_config.d/99-by-hand.conf"],
    fixed: true,
  },
  {
    what: "the firewall lets people to Odoo itself",
    change: "nft add rule inet odoo_platform input tcp dport 8069 accept",
    undo: "nft -f /etc/odoo-platform/firewall-rules/rules.nft",
    seenAs: ["firewall inet odoo_platform input"],
    fixed: true,
  },
  {
    what: "the firewall has another table",
    change: "nft add table inet by_hand",
    undo: "nft delete table inet by_hand 2>/dev/null || true",
    seenAs: ["firewall inet by_hand"],
  },
  {
    what: "containers may be reached by Docker's own chain",
    change: "iptables -I DOCKER-USER -s 192.0.2.1 -j ACCEPT",
    undo: "iptables -D DOCKER-USER -s 192.0.2.1 -j ACCEPT 2>/dev/null || true",
    seenAs: ["firewall ip filter DOCKER-USER"],
  },
  {
    what: "another certificate is served",
    change: "ln -sfnT placeholder /etc/odoo-platform/nginx/tls/current; systemctl reload nginx; sleep 1",
    undo: "/usr/local/lib/odoo-platform/serve-certificate",
    seenAs: ["certificate served for .*", "file /etc/odoo-platform/nginx/tls/current"],
    fixed: true,
  },
  {
    what: "Postgres is set otherwise, and has a superuser and a database more",
    change: psql(
      "postgres",
      "ALTER SYSTEM SET temp_file_limit = '9GB';\nCREATE ROLE by_hand SUPERUSER LOGIN;\nCREATE DATABASE by_hand;\nSELECT pg_reload_conf() \\g /dev/null",
    ),
    undo: psql(
      "postgres",
      "ALTER SYSTEM RESET temp_file_limit;\nDROP DATABASE IF EXISTS by_hand;\nDROP ROLE IF EXISTS by_hand;\nSELECT pg_reload_conf() \\g /dev/null",
    ),
    seenAs: ["postgres role by_hand", "postgres database by_hand", "postgres setting temp_file_limit"],
  },
  {
    what: "Odoo's links lead elsewhere, its mail goes by another server, and an update did not end",
    change: psql(
      "odoo",
      `UPDATE ir_config_parameter SET value = 'https://by-hand.test' WHERE key = 'web.base.url';
INSERT INTO ir_mail_server (name, smtp_host, smtp_port, smtp_encryption, smtp_authentication, active)
  VALUES ('by hand', 'mail.by-hand.test', 587, 'starttls', 'login', true);
UPDATE ir_module_module SET state = 'to upgrade' WHERE name = 'web';`,
    ),
    undo: psql(
      "odoo",
      `UPDATE ir_config_parameter SET value = 'https://odoo.sandbox.test' WHERE key = 'web.base.url';
DELETE FROM ir_mail_server WHERE name = 'by hand';
UPDATE ir_module_module SET state = 'installed' WHERE name = 'web';`,
    ),
    seenAs: ["odoo parameter web.base.url", "odoo mail server by hand", "module web"],
  },
  {
    what: "somebody more may log in, is root, and has a password and a key",
    change: `useradd --create-home --shell /bin/bash by-hand; usermod -aG sudo by-hand
      useradd --non-unique --uid 0 --gid 0 --no-create-home --home-dir /root by-root
      echo "by-hand:$(head -c 12 /dev/urandom | base64)" | chpasswd
      install -d -m 0700 /home/by-hand/.ssh
      ssh-keygen -q -t ed25519 -N '' -C 'by hand' -f /run/by-hand/key <<<y >/dev/null
      cp /run/by-hand/key.pub /home/by-hand/.ssh/authorized_keys`,
    undo: "userdel --remove by-hand 2>/dev/null || true; sed -i '/^by-root:/d' /etc/passwd /etc/shadow; rm -f /run/by-hand/key*",
    seenAs: [
      "user by-hand",
      "user by-root",
      "group sudo: by-hand",
      "password by-hand",
      "key by-hand SHA256:.*",
      "key by-root SHA256:.*", // the home of root
    ],
  },
  {
    what: "the kernel takes redirects",
    change:
      "sysctl -n net.ipv4.conf.all.accept_redirects >/run/by-hand/redirects; sysctl -qw net.ipv4.conf.all.accept_redirects=$((1 - $(cat /run/by-hand/redirects)))",
    undo: "[ ! -e /run/by-hand/redirects ] || sysctl -qw net.ipv4.conf.all.accept_redirects=$(cat /run/by-hand/redirects)",
    seenAs: ["sysctl net.ipv4.conf.all.accept_redirects"],
    fixed: true,
  },
  {
    what: "the volume is mounted otherwise",
    change: "mount -o remount,nosuid /mnt/odoo-data",
    undo: "mount -o remount,suid /mnt/odoo-data",
    seenAs: ["mount /mnt/odoo-data"],
  },
  {
    what: "something listens",
    change:
      "systemd-run --quiet --collect --unit=by-hand-listens python3 -m http.server --directory /var/empty 8888 2>/dev/null; sleep 1",
    undo: "systemctl stop by-hand-listens.service 2>/dev/null || true",
    seenAs: ["port tcp 0.0.0.0:8888"],
  },
];

/** All changes, or what takes them back, as one script; one that fails ends it. */
export const scriptOf = (changes: ByHand[], part: "change" | "undo"): string =>
  [
    "set -euo pipefail",
    "install -d -m 0700 /run/by-hand",
    ...(part === "change" ? changes : changes.toReversed()).map((one) => `# ${one.what}\n${one[part]}`),
    ...(part === "undo" ? ["rm -rf /run/by-hand"] : []),
    "",
  ].join("\n");

/** What of `seenAs` is not among the differences. */
export function unseen(changes: ByHand[], differences: readonly { kind: string; name: string }[]): string[] {
  const told = differences.map(({ kind, name }) => `${kind} ${name}`);
  return changes.flatMap(({ seenAs }) =>
    seenAs.filter((one) => !told.some((each) => each === one || new RegExp(`^${one}$`).test(each))),
  );
}

/** What is told and was not done. */
export function unasked(changes: ByHand[], differences: readonly { kind: string; name: string }[]): string[] {
  const all = changes.flatMap(({ seenAs }) => seenAs);
  return differences
    .map(({ kind, name }) => `${kind} ${name}`)
    .filter((each) => !all.some((one) => each === one || new RegExp(`^${one}$`).test(each)));
}
