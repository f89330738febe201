# Takes down what the machine is now that everything has been brought to it: what `platform drift` compares with.
#
# What somebody changed by hand before this update must not become what is meant. So of all that differs from the inventory
# before, only what this update can have changed is taken over; for the rest the old fact stands, and goes on being drift.
#
# variables: CONCERNS, "name=digest" of everything that this machine is brought, with spaces between
probe=/usr/local/lib/odoo-platform/drift-probe
kept=$state/inventory-facts
digests=$state/inventory-concerns
facts=/run/odoo-platform/inventory-facts

whole() {
  # Left to end by itself; its connection to this run's lock is none of its own.
  bash "$probe" 9>&- | cut -f 1-3 >"$facts"
  [ "$(tail -n 1 "$facts")" = $'end\t-\t-' ] && ! grep -q $'^unknown\t' "$facts"
}
attempt=1
until whole; do
  if [ "$attempt" = 5 ]; then
    reasons=$(sed -n $'s/^unknown\t\\([^\t]*\\)\t/\\1: /p' "$facts" | paste -sd' ')
    fail "the machine does not tell all about itself (${reasons:-the probe broke off}); see journalctl -t odoo-platform on the machine, then run it again"
  fi
  sleep 2
  attempt=$((attempt + 1))
done

# Names of the concerns that are others than they were when the last inventory was taken.
changed_concerns() {
  local one
  for one in $CONCERNS; do grep -qxF "$one" "$digests" || echo "${one%%=*}"; done | paste -sd' '
}

# Another probe tells other facts, which cannot be held against those of the one before.
if [ -s "$kept" ] && [ -s "$digests" ] && ! changed "$probe"; then
  outside=/run/odoo-platform/inventory-outside
  awk -F'\t' -v OFS='\t' -v concerns=" $(changed_concerns) " -v outside="$outside" \
    -v brought=" $(paste -sd' ' "$state/packages" 2>/dev/null || true) " '
    function any(list,  n, all, i) {
      n = split(list, all, " ")
      for (i = 1; i <= n; i++) if (index(concerns, " " all[i] " ")) return 1
      return 0
    }
    # Units that the concerns bring, or set going.
    function ours(unit) {
      return unit ~ "^(odoo-platform|mnt-odoo|docker|containerd|nginx|certbot|ssh|nftables|unattended-upgrades|apt-daily|logrotate|systemd-timesyncd)"
    }
    # Whether an update that changed these concerns, and perhaps installed packages, can have changed this.
    function explained(kind, name, value) {
      if (kind == "file") {
        if (name ~ "^/etc/systemd/system/") return packages || (concerns != "  " && ours(substr(name, 21)))
        if (name ~ "^/usr/local/") return concerns != "  " && name ~ "^/usr/local/lib/odoo-platform/"
        if (name ~ "^/etc/odoo-platform/nginx/") return any("nginx certificate odoo")
        if (name ~ "^/etc/odoo-platform/host-key/|^/etc/(hosts|hostname)$") return any("host-key")
        if (name ~ "^/(root|home|var/spool)/|^/etc/(sudoers|cron|profile.d|pam.d|ld.so.preload)") return packages
        return concerns != "  "
      }
      if (kind == "key") return 0
      if (kind == "package") return index(brought, " " name " ") > 0
      if (kind == "user" || kind == "group" || kind == "password") return packages
      if (kind == "sshd") return packages || any("base host-key")
      if (kind == "firewall") return packages || any("firewall-rules docker odoo")
      if (kind == "container" || kind == "image" || kind == "network") return any("docker images mail postgres odoo n8n")
      if (kind == "nginx") return any("nginx certificate odoo")
      if (kind == "certificate") return any("certificate")
      if (kind == "postgres") return any("postgres odoo images")
      if (kind == "odoo" || kind == "module") return any("odoo")
      if (kind == "port") return packages || (value ~ "^(nginx|sshd|dockerd|docker-proxy|containerd)$" && any("base nginx n8n docker odoo mail postgres"))
      if (kind == "unit" || kind == "timer") return packages || (concerns != "  " && ours(name))
      if (kind == "sysctl") return packages || any("base docker")
      return concerns != "  "
    }
    function key() { return $1 OFS $2 }
    FILENAME == ARGV[1] { before[key()] = $3; order[++n] = key(); next }
    { now[key()] = $3; lines[++m] = $0; if ($1 == "package" && $3 == "install installed" && !(key() in before) && index(brought, " " $2 " ")) packages = 1 }
    END {
      packages = packages && concerns != "  "
      for (i = 1; i <= m; i++) {
        split(lines[i], part, FS); k = part[1] OFS part[2]
        if (k in before && before[k] == part[3]) { print lines[i]; continue }
        if (part[1] == "end" || explained(part[1], part[2], part[3])) { print lines[i]; continue }
        print part[1], part[2] >outside
        if (k in before) print k, before[k]
      }
      for (i = 1; i <= n; i++) if (!(order[i] in now)) {
        split(order[i], part, FS)
        if (explained(part[1], part[2], before[order[i]])) continue
        print order[i], before[order[i]]
        print part[1], part[2] >outside
      }
    }' "$kept" "$facts" >"$facts.merged"
  mv "$facts.merged" "$facts"
  if [ -s "$outside" ]; then
    say "$(wc -l <"$outside") things were changed on this machine past the program, and stay drift: $(head -n 5 "$outside" | tr '\t' ' ' | paste -sd, | sed 's/,/, /g'); platform drift tells all"
  fi
  rm -f "$outside"
fi

sort -o "$facts" "$facts"
cp "$facts" "$kept.new"
tr ' ' '\n' <<<"$CONCERNS" >"$digests.new"
mv "$kept.new" "$kept"
mv "$digests.new" "$digests"
answer "$(date -u +%Y-%m-%dT%H:%M:%SZ) $(gzip -n -9 <"$facts" | base64 -w0)"
rm -f "$facts"
