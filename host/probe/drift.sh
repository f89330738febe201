#!/usr/bin/env bash
# Tells what this machine is, a fact a line: KIND<TAB>NAME<TAB>VALUE<TAB>SINCE, SINCE in seconds of Unix time or empty. It
# changes nothing. host/inventory/apply.sh runs it after every update and keeps the answer as what the machine is meant to be;
# `platform drift` runs it again and compares. Of what is secret it tells digests alone.
#
# What cannot be told is a fact of its own: "unknown<TAB>SECTION<TAB>REASON".
set -uo pipefail
export LC_ALL=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

here=/etc/odoo-platform
stamps=/var/lib/odoo-platform
# Debian without certbot, say, has no such folder.
folders=("$here" /usr/local/lib/odoo-platform /usr/local/bin /usr/local/sbin /usr/local/share/ca-certificates
  /etc/systemd/system /etc/sudoers /etc/sudoers.d /etc/crontab /etc/cron.d /etc/cron.hourly /etc/cron.daily
  /etc/cron.weekly /etc/cron.monthly /etc/cron.yearly /etc/anacrontab /var/spool/cron /etc/nginx /etc/ssh/sshd_config
  /etc/ssh/sshd_config.d /etc/docker /etc/apt/apt.conf.d /etc/apt/preferences.d /etc/apt/sources.list
  /etc/apt/sources.list.d /etc/sysctl.conf /etc/sysctl.d /etc/modules-load.d /etc/systemd/journald.conf.d /etc/profile.d
  /etc/pam.d /etc/ld.so.preload /etc/environment /etc/hosts /etc/hostname /etc/rc.local /etc/localtime /etc/timezone
  /root/.ssh /root/.bashrc /root/.profile)

# Which of Odoo's two slots serves; the other one is a release that comes or goes.
slot=$(cat "$stamps/odoo-slot" 2>/dev/null || true)
case $slot in blue) resting=green ;; green) resting=blue ;; *) resting= ;; esac

fact() { printf '%s\t%s\t%s\t%s\n' "$1" "$2" "$3" "${4:-}"; }
digest() { sha256sum | cut -c -64; }

# A file as its package brings it changes with the package, by security updates: that is no drift.
files() {
  local list there=() one folders
  eval "folders=($folders_text)"
  for one in "${folders[@]}"; do [ -e "$one" ] && there+=("$one"); done
  list=$folder/list
  # The files of the concerns, wherever they are, and all else in folders where nothing else should be.
  {
    sed -n 's/^file \([^ ]*\) .*/\1/p' "$stamps"/* 2>/dev/null | grep -v '^/run/' | tr '\n' '\0'
    find "${there[@]}" \( -type f -o -type l -o -type p -o -type s \) ! -name $'*[\n\t]*' -print0
  } | sort -zu | grep -zvE "^($here/(slots|secrets/odoo-)/?${resting:-none}/|$here/nginx/green\$|$here/nginx/tls/archive/)" >"$list"
  # shellcheck disable=SC2185 # it has its list
  find -files0-from "$list" -maxdepth 0 -printf '%p\t%y\t%#m\t%u:%g\t%Ts\t%l\n' 2>/dev/null >"$folder/stats"
  awk -F'\t' '$2 == "f" {print $1}' "$folder/stats" | tr '\n' '\0' >"$folder/regular"
  xargs -0 -r sha256sum --zero <"$folder/regular" 2>/dev/null | tr '\0' '\n' >"$folder/sha256"
  # "PATH MD5" of what packages brought, and what is there of it.
  dpkg-query -W -f='${Conffiles}\n' | awk 'NF >= 2 {print $2 "  " $1}' | sort -u >"$folder/conffiles"
  xargs -0 -r md5sum --zero <"$folder/regular" 2>/dev/null | tr '\0' '\n' | sort -u |
    comm -12 - "$folder/conffiles" | cut -c 35- >"$folder/unchanged"
  awk -F'\t' -v OFS='\t' -v slot="$slot" '
    FILENAME == ARGV[1] {hash[substr($0, 67)] = substr($0, 1, 64); next}
    FILENAME == ARGV[2] {ofPackage[$0] = 1; next}
    {
      name = $1
      if (slot != "") { sub("/slots/" slot "/", "/slots/serving/", name); sub("/secrets/odoo-" slot "/", "/secrets/odoo-serving/", name) }
      if ($2 == "l") value = "link to " $6
      else if ($2 != "f") value = "neither file nor link"
      else if ($1 in ofPackage) value = "as its package brings it " $3 " " $4
      else value = hash[$1] " " $3 " " $4
      print "file", name, value, $5
    }' "$folder/sha256" "$folder/unchanged" "$folder/stats"
  find "${there[@]}" -name $'*[\n\t]*' -printf 'x' 2>/dev/null | wc -c | awk '$1 > 0 {print "file\tnames with control characters\t" $1 "\t"}'
  find "$here" /usr/local/lib/odoo-platform /etc/sudoers.d /root /root/.ssh -maxdepth 2 -type d -printf '%p\t%#m %u:%g\n' 2>/dev/null |
    awk -F'\t' '$1 !~ "^/root/[^.]" && $1 !~ "^/root/\\.(cache|config|local|docker)" && $1 !~ "/nginx/conf-" && $1 !~ "/(slots|secrets/odoo-)/?(blue|green)" {print "folder\t" $1 "\t" $2 "\t"}' | sort -u
  find /mnt/odoo-data -mindepth 1 -maxdepth 1 -type d \( -name filestore -o -name postgres -o -name letsencrypt -o -name mail-catcher -o -name n8n \) \
    -printf 'folder\t%p\t%#m %U:%G\t\n'
}

# Whether each unit starts with the machine, and runs. One that runs to its end counts as neither.
units() {
  local names
  names=$({
    systemctl list-unit-files --no-legend --plain --state=enabled,enabled-runtime,linked,masked,masked-runtime | awk '{print $1}'
    find /etc/systemd/system -maxdepth 1 \( -type f -o -type l \) -printf '%f\n'
    printf '%s\n' nginx.service docker.service containerd.service ssh.service cron.service certbot.timer nftables.service \
      unattended-upgrades.service apt-daily.timer apt-daily-upgrade.timer logrotate.timer systemd-timesyncd.service
  } | grep -v '@\.' | grep -E '\.(service|socket|timer|mount|swap|path|target)$' | sort -u)
  # One word a name; a unit's name has no space.
  # shellcheck disable=SC2086
  systemctl show --property=Id,LoadState,UnitFileState,ActiveState,Type,DropInPaths -- $names | awk -F= '
    function done() {
      if (id == "" || seen[id]++) return
      state = active
      if (state ~ /^(reloading|refreshing|activating|deactivating|maintenance)$/) state = "active"
      if (type == "oneshot" || load == "not-found") state = "-"
      n = split(dropins, all, " "); own = ""
      for (i = 1; i <= n; i++) if (all[i] !~ "^/usr/lib/") own = own " " all[i]
      print "unit\t" id "\t" (load == "loaded" ? file : load) " " state own "\t"
    }
    /^$/ {done(); id = type = file = active = load = dropins = ""; next}
    $1 == "Id" {id = $2} $1 == "Type" {type = $2} $1 == "UnitFileState" {file = $2} $1 == "ActiveState" {active = $2}
    $1 == "LoadState" {load = $2} $1 == "DropInPaths" {dropins = substr($0, 13)}
    END {done()}'
}

# What is run when. The time of the next run is not told: it moves by itself.
timers() {
  systemctl show --all --property=Id,ActiveState,Unit,TimersCalendar,TimersMonotonic '*.timer' | awk '
    function done() { if (id != "") print "timer\t" id "\t" state ", " unit plan "\t"; id = state = unit = plan = "" }
    /^$/ {done(); next}
    /^Id=/ {id = substr($0, 4)} /^ActiveState=/ {state = substr($0, 13)} /^Unit=/ {unit = substr($0, 6)}
    /^Timers(Calendar|Monotonic)=\{/ {
      sub(/^Timers[A-Za-z]*=\{ */, ""); sub(/ *;.*/, "")
      # Reckoned from when it was last active: the moment is no plan.
      plan = plan ", " $0
    }
    END {done()}'
}

# What somebody asked for by name, and what is held back.
packages() {
  local manual
  manual=$(apt-mark showmanual) || return
  dpkg-query -W -f='${Package}\t${db:Status-Want} ${db:Status-Status}\n' |
    awk -F'\t' 'NR == FNR {manual[$1] = 1; next} $1 in manual || $2 ~ /^hold/ {print "package\t" $1 "\t" $2 "\t"}' <(echo "$manual") -
}

# Each container's image, rights, ports and mounts; of its variables and command a digest.
containers() {
  local format all ids id name
  all=$(docker ps --all --no-trunc --format '{{.ID}} {{.Names}}') || return
  ids=
  while read -r id name; do
    [ -n "$id" ] || continue
    [ -z "$resting" ] || [[ ! $name =~ ^odoo-(web|cron)-$resting$ ]] || continue
    # What a backup, a drill or a rehearsal runs in comes and goes.
    [[ ! $name =~ ^odoo-(backup|drill|restore|clone|rehearsal|incoming) ]] || continue
    ids+=" $id"
  done <<<"$all"
  if [ -n "$ids" ]; then
    # Go's templates, not the shell's.
    # shellcheck disable=SC2016
    {
    format='{{$n := slice .Name 1}}{{$c := printf "container\t%s" $n}}'
    format+='{{printf "%s: image\t%s %s\t\n" $c .Config.Image .Image}}'
    format+='{{printf "%s: state\t%s\t\n" $c .State.Status}}'
    format+='{{printf "%s: restart\t%s\t\n" $c .HostConfig.RestartPolicy.Name}}'
    format+='{{printf "%s: ports\t%s\t\n" $c (json .HostConfig.PortBindings)}}'
    format+='{{range .Mounts}}{{printf "%s: mount %s\t%s rw=%v\t\n" $c .Destination .Source .RW}}{{end}}'
    format+='{{printf "%s: rights\tprivileged=%v add=%v drop=%v security=%v pid=%s user=%s memory=%v\t\n" $c .HostConfig.Privileged .HostConfig.CapAdd .HostConfig.CapDrop .HostConfig.SecurityOpt .HostConfig.PidMode .Config.User .HostConfig.Memory}}'
    format+='{{printf "%s: networks\t" $c}}{{range $name, $_ := .NetworkSettings.Networks}}{{$name}} {{end}}{{printf "\t\n"}}'
    format+='{{printf "%s: command\t%s %s %s\t\n" $c (json .Config.Entrypoint) (json .Config.Cmd) (json .Config.Env)}}'
    }
    # One word an id.
    # shellcheck disable=SC2086
    docker inspect --type container --format "$format" $ids | while IFS=$'\t' read -r kind name value _; do
      [ -n "$kind" ] || continue
      if [[ $name == *": command" ]]; then value=$(printf %s "$value" | digest); fi
      [ -z "$slot" ] || name=${name/-$slot:/:}
      fact "$kind" "$name" "$value"
    done
    # What a new container of the same name would be.
    # shellcheck disable=SC2086
    docker inspect --type container --format '{{.Config.Image}}' $ids | sort -u | while read -r name; do
      fact image "$name" "$(docker image inspect --format '{{.Id}}' "$name" 2>/dev/null || echo none)"
    done
  fi
  docker network ls --format '{{.Name}}' | grep -vE '^odoo-(drill|restore|clone)' | while read -r name; do
    fact network "$name" "$(docker network inspect --format '{{.Driver}} internal={{.Internal}} {{json .Options}}' "$name")"
  done
}

nginx_state() {
  local conf=$here/nginx/current/nginx.conf text
  text=$(nginx -T -c "$conf" 2>"$folder/nginx.err") || { tail -n 1 "$folder/nginx.err" >&2; return 1; }
  fact nginx "effective configuration" "$(sed -E '/^[[:space:]]*(#|$)/d; s/^[[:space:]]+//; s/[[:space:]]+$//' <<<"$text" | digest)"
  fact nginx "current configuration" "$(readlink "$here/nginx/current")"
  if [ -e /run/nginx.pid ]; then
    fact nginx "started by" "$(tr '\0' ' ' <"/proc/$(cat /run/nginx.pid)/cmdline" | sed 's/^nginx: master process //; s/ *$//')"
  else
    fact nginx "started by" "not running"
  fi
  if [ -n "$slot" ]; then
    if [ -e "$here/nginx/green" ]; then text=green; else text=blue; fi
    fact nginx "sends to" "$([ "$text" = "$slot" ] && echo "the slot that serves" || echo "another slot than the last release's")"
  fi
}

sshd_state() {
  sshd -T | awk '{key = $1; sub(/^[^ ]+ ?/, ""); if (!(key in all)) order[++n] = key; all[key] = all[key] (all[key] == "" ? "" : " ; ") $0}
    END {for (i = 1; i <= n; i++) print "sshd\t" order[i] "\t" all[order[i]] "\t"}'
}

# Our table as a whole; of Docker's, which Docker writes as containers come and go, where people put rules.
firewall() {
  nft list ruleset | awk '
    function done() { if (chain != "" && wanted) print "firewall\t" table " " chain "\t" rules "\t"; chain = rules = "" }
    /^table / {table = $2 " " $3; print "firewall\t" table "\tthere\t"; next}
    /^\t(chain|set|map) / {chain = $2; kind = $1; rules = ""
      wanted = table == "inet odoo_platform" || table !~ /^ip6? (nat|filter|raw|mangle)$/ || (chain ~ /^(INPUT|OUTPUT|DOCKER-USER)$/ && table !~ /nat$/)
      next}
    /^\t}/ {done(); next}
    chain != "" {
      line = $0; gsub(/^[ \t]+|[ \t]+$/, "", line)
      gsub(/counter packets [0-9]+ bytes [0-9]+/, "counter", line)
      # What a set holds for a while only.
      if (kind != "chain" && (line ~ /^elements/ || inElements)) { inElements = line !~ /}/; next }
      if (line != "" && line !~ /^#/) rules = rules (rules == "" ? "" : " ; ") line
    }'
}

# Served and kept are one certificate, for these names, by this kind of authority. It is renewed by itself, by whichever key of
# the authority's.
certificate() {
  local names name ours file=/mnt/odoo-data/letsencrypt/live/odoo/cert.pem served
  names=$(sed -n 's/^names //p' "$here/certificate/settings" 2>/dev/null)
  if [ ! -e "$file" ]; then
    fact certificate file none
    return
  fi
  ours=$(openssl x509 -in "$file" -noout -fingerprint -sha256)
  fact certificate names "$(openssl x509 -in "$file" -noout -ext subjectAltName | grep -oP 'DNS:\K[^, ]+' | sort | paste -sd' ')"
  fact certificate issuer "$(openssl x509 -in "$file" -noout -issuer -nameopt multiline,utf8 |
    sed -n 's/^ *organizationName *= //p; s/^ *commonName *= //p' | head -n 1 | sed -E 's/ [0-9a-f]{6}$//')"
  for name in $names; do
    served=$(timeout 4 openssl s_client -connect 127.0.0.1:443 -servername "$name" </dev/null 2>/dev/null | openssl x509 -noout -fingerprint -sha256 2>/dev/null || true)
    fact certificate "served for $name" "$([ "$served" = "$ours" ] && echo "the one on the volume" || echo "${served:+another one}")"
  done
}

# Asks in whichever container can reach the database as Odoo does.
query() {
  # shellcheck disable=SC2016 # read in the container
  docker exec --interactive "$1" sh -c '
    value() { sed -n "s/^[[:space:]]*$1[[:space:]]*=[[:space:]]*//p" /etc/odoo/odoo.conf 2>/dev/null | tail -n 1; }
    host=$(value db_host) port=$(value db_port) user=$(value db_user)
    PGPASSFILE=${PGPASSFILE:-/run/secrets/pgpass} PGCONNECT_TIMEOUT=3 PGSSLMODE=${PGSSLMODE:-$(value db_sslmode)}
    export PGPASSFILE PGCONNECT_TIMEOUT PGSSLMODE
    exec psql --no-psqlrc --quiet --tuples-only --no-align --field-separator="	" --no-password \
      --host="${host:-postgres}" --port="${port:-5432}" --username="${user:-odoo}" odoo'
}

database() {
  # Where Postgres is beside Odoo, its own user sees all; else Odoo's sees enough.
  if docker inspect postgres >/dev/null 2>&1; then
    statements | docker exec --interactive postgres psql --no-psqlrc --quiet --tuples-only --no-align --field-separator=$'\t' --username=postgres odoo
  else
    statements | query "odoo-web${slot:+-$slot}"
  fi
}

statements() {
  cat <<'SQL'
\set ON_ERROR_STOP on
set default_transaction_read_only = on;
set statement_timeout = '5s';
select 'postgres', 'role ' || rolname,
  concat_ws(' ', case when rolsuper then 'superuser' end, case when rolcreaterole then 'createrole' end,
    case when rolcreatedb then 'createdb' end, case when rolcanlogin then 'login' end, case when rolreplication then 'replication' end,
    case when rolbypassrls then 'bypassrls' end), ''
  from pg_roles where rolname !~ '^pg_' order by rolname;
select 'postgres', 'setting ' || name, setting || coalesce(unit, ''), ''
  from pg_settings where source in ('configuration file', 'command line', 'database', 'user', 'database user', 'environment variable', 'global')
    and name !~ '^(application_name|lc_|TimeZone|log_timezone|client_encoding|transaction_|default_transaction_read_only|statement_timeout|DateStyle)' order by name;
select 'postgres', 'database ' || datname, 'there', '' from pg_database where not datistemplate and datname !~ '^(rehearsal|copy|odoo_new)' order by datname;
select to_regclass('ir_module_module') is not null as odoo, to_regclass('ir_mail_server') is not null as mail,
  to_regclass('fetchmail_server') is not null as fetchmail \gset
\if :odoo
  select 'odoo', 'parameter ' || key, regexp_replace(value, E'[\\t\\n\\r]+', ' ', 'g'), extract(epoch from write_date)::bigint
    from ir_config_parameter where key in ('web.base.url', 'web.base.url.freeze', 'report.url', 'auth_signup.invitation_scope',
      'mail.catchall.domain') or key like 'odoo\_platform.%' order by key;
  select 'module', name, state, extract(epoch from write_date)::bigint from ir_module_module where state in ('installed', 'to install', 'to upgrade', 'to remove') order by name;
  select 'odoo', 'administrator ' || login, case when active then 'active' else 'inactive' end, '' from res_users where id in (1, 2) order by id;
\endif
\if :mail
  select 'odoo', 'mail server ' || name, concat_ws(' ', smtp_host || ':' || smtp_port, coalesce(smtp_user, '-'), smtp_encryption, case when active then 'active' else 'inactive' end), extract(epoch from write_date)::bigint
    from ir_mail_server order by name, id;
\endif
\if :fetchmail
  select 'odoo', 'incoming mail server ' || name, concat_ws(' ', server || ':' || port, state), extract(epoch from write_date)::bigint from fetchmail_server order by name, id;
\endif
SQL
}

# Whoever may log in, or is root. Of passwords whether there is one, and a digest of what is kept of it.
users() {
  awk -F: '$3 == 0 || ($3 >= 1000 && $3 != 65534) || $7 !~ /(nologin|false|sync)$/ {print "user\t" $1 "\t" $3 ":" $4 " " $6 " " $7 "\t"}' /etc/passwd
  local name field home shell
  while IFS=: read -r name field _; do
    case $field in
      '!'* | '*'*) ;;
      '') fact password "$name" "none needed" ;;
      *) fact password "$name" "set $(printf %s "$field" | digest)" ;;
    esac
  done </etc/shadow
  awk -F: '$4 != "" {n = split($4, all, ","); for (i = 1; i <= n; i++) print "group\t" $1 ": " all[i] "\tmember\t"}' /etc/group
  while IFS=: read -r name _ _ _ _ home shell; do
    case $shell in *nologin | *false | *sync) continue ;; esac
    for field in "$home/.ssh/authorized_keys" "$home/.ssh/authorized_keys2"; do
      [ -s "$field" ] || continue
      ssh-keygen -lf "$field" 2>/dev/null | while read -r _ shown remark; do fact key "$name $shown" "${remark:-no name}"; done
    done
  done </etc/passwd
}

kernel() {
  local name value
  for name in net.ipv4.ip_forward net.ipv4.conf.all.rp_filter net.ipv4.conf.all.accept_redirects net.ipv4.conf.all.send_redirects \
    net.ipv4.conf.all.accept_source_route net.ipv4.conf.all.route_localnet net.ipv4.tcp_syncookies net.ipv6.conf.all.forwarding \
    net.ipv6.conf.all.accept_redirects kernel.randomize_va_space kernel.yama.ptrace_scope fs.protected_symlinks \
    fs.protected_hardlinks fs.suid_dumpable vm.overcommit_memory vm.swappiness; do
    value=$(sysctl -n "$name" 2>/dev/null) && fact sysctl "$name" "$value"
  done
  findmnt -rn -o TARGET,SOURCE,FSTYPE,OPTIONS -t xfs,ext2,ext3,ext4,btrfs,vfat,nfs,nfs4,cifs,fuse,fuse.sshfs,squashfs |
    awk '$1 !~ "^/(run/host|sys|proc|var/lib/docker)" {
      n = split($4, all, ","); kept = ""
      for (i = 1; i <= n; i++) if (all[i] ~ /^(rw|ro|nosuid|nodev|noexec|noatime|relatime|noquota|prjquota|usrquota)$/) kept = kept "," all[i]
      print "mount\t" $1 "\t" $3 " " substr(kept, 2) ($1 == "/" ? "" : " " $2) "\t"}'
  swapon --noheadings --show=NAME,TYPE | awk '{print "swap\t" $1 "\t" $2 "\t"}'
}

# Who listens. Docker's own on the machine itself are told with the containers, and a port at random is another one each time.
ports() {
  ss -Hltnup | awk '{
    who = $0; if (match(who, /users:\(\(.*/)) who = substr(who, RSTART); else who = ""
    names = ""; rest = who
    while (match(rest, /"[^"]+"/)) { one = substr(rest, RSTART + 1, RLENGTH - 2); rest = substr(rest, RSTART + RLENGTH); if (index(" " names " ", " " one " ") == 0) names = names (names == "" ? "" : " ") one }
    port = $5; sub(/.*:/, "", port); loopback = $5 ~ /^(127\.|\[::1\])/
    if (loopback && names ~ /^(dockerd|docker-proxy)$/) next
    if (names ~ /^(containerd|systemd-timesyn|chronyd)$/ && port >= 1024) next
    print "port\t" $1 " " $5 "\t" (names == "" ? "the kernel" : names) "\t"
  }' | sort -u
}

section() {
  local name=$1 status=0
  timeout --kill-after=1 20 bash -c "$name" >"$folder/$name.out" 2>"$folder/$name.err" </dev/null || status=$?
  if [ "$status" = 0 ]; then return 0; fi
  # Half an answer would read as if the rest were gone.
  if [ "$status" = 124 ]; then status="no answer in 20 s"; else status=$(tail -n 1 "$folder/$name.err" | tr '\t' ' ' | cut -c -200); fi
  fact unknown "$name" "${status:-it failed}" >"$folder/$name.out"
}

sections=(files units timers packages containers nginx_state sshd_state firewall certificate database users kernel ports)

main() {
  local name
  folder=$(mktemp -d /run/odoo-platform-drift.XXXXXX) || exit 1
  trap 'rm -rf "$folder"' EXIT
  export folder here stamps slot resting
  # An array is not exported.
  printf -v folders_text '%q ' "${folders[@]}"
  export folders_text
  export -f "${sections[@]}" fact digest query statements
  for name in "${sections[@]}"; do section "$name" & done
  wait
  for name in "${sections[@]}"; do cat "$folder/$name.out"; done
  # Whoever reads it knows by this line that it is whole.
  fact end - -
}

main
