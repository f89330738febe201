#!/usr/bin/env bash
# Asks everything about this machine that `platform health` wants to know, all at once, and changes nothing. Each question
# writes one line: its name, exit status, and in base64 what it wrote to stdout and to stderr.
#
# `operations/health/probe.ts` sends it to `bash -s` behind backups.sh, with these set before it:
data=${data:-/mnt/odoo-data}
# Where mail is handed on to; no host when it is caught.
relay_host=${relay_host:-}
relay_port=${relay_port:-}
seconds=${seconds:-3}

# Which of Odoo's two slots serves.
slot() { cat /var/lib/odoo-platform/odoo-slot 2>/dev/null || echo blue; }

# "ID STATUS" of each container, "Up 2 hours (healthy)", and then one JSON object each. Health is in the former alone: a
# template that asks for it fails where there is none.
containers() {
  local ids format
  # Never the whole of it, whose environment is nobody's business.
  format='{"name":{{json .Name}},"id":{{json .Id}},"status":{{json .State.Status}},"restarts":{{.RestartCount}},'
  format+='"started":{{json .State.StartedAt}},"exitCode":{{.State.ExitCode}},"outOfMemory":{{.State.OOMKilled}},'
  format+='"memoryLimit":{{.HostConfig.Memory}}}'
  docker ps --all --no-trunc --format '{{.ID}} {{.Status}}' || return
  ids=$(docker ps --all --quiet --no-trunc) || return
  # One that has gone in between is no error. One word an id.
  # What serves goes by its plain name; in the other slot the release before rests.
  # shellcheck disable=SC2086
  [ -z "$ids" ] || docker inspect --type container --format "$format" $ids |
    sed -E "s#^(\{\"name\":\"/odoo-(web|cron))-$(slot)\"#\\1\"#" || true
}

# "container ID USED KILLS" in bytes, and what the machine itself has: "machine TOTAL AVAILABLE" and "processes USED".
memory() {
  local id group used kills
  awk '/^MemTotal:/ {total = $2} /^MemAvailable:/ {free = $2} END {print "machine", total * 1024, free * 1024}' /proc/meminfo
  # What the processes hold, shared pages counted once: where /proc/meminfo tells of a whole computer, this does not.
  cat /proc/[0-9]*/smaps_rollup 2>/dev/null | awk '/^Pss:/ {sum += $2} END {print "processes", sum * 1024}'
  for id in $(docker ps --quiet --no-trunc); do
    group=/sys/fs/cgroup/system.slice/docker-$id.scope
    if [ -f "$group/memory.current" ]; then
      # Pages of files that can be given back at once do not count.
      used=$(($(cat "$group/memory.current") - $(awk '$1 == "inactive_file" {print $2}' "$group/memory.stat")))
      kills=$(awk '$1 == "oom_kill" {print $2}' "$group/memory.events")
    else
      used=$(cat "$group/cgroup.procs" 2>/dev/null | sed 's,.*,/proc/&/smaps_rollup,' | xargs --no-run-if-empty cat 2>/dev/null |
        awk '/^Pss:/ {sum += $2} END {print sum * 1024}')
      kills=0
    fi
    echo "container $id ${used:-0} ${kills:-0}"
  done
}

# "disk PATH SIZE USED" in bytes; the volume only when it is mounted.
disk() {
  df --block-size=1 --output=size,used / | awk 'NR == 2 {print "disk", "/", $1, $2}'
  mountpoint --quiet "$data" || return 0
  df --block-size=1 --output=size,used "$data" | awk -v path="$data" 'NR == 2 {print "disk", path, $1, $2}'
}

nginx() {
  systemctl show nginx.service --property=LoadState,ActiveState,SubState,ActiveEnterTimestamp
}

ready() {
  docker exec postgres pg_isready
}

# Asks in whichever container can reach the database as Odoo does.
query() {
  # shellcheck disable=SC2016 # read in the container
  docker exec --interactive "$1" sh -c '
    value() { sed -n "s/^[[:space:]]*$1[[:space:]]*=[[:space:]]*//p" /etc/odoo/odoo.conf 2>/dev/null | tail -n 1; }
    host=$(value db_host) port=$(value db_port) user=$(value db_user) name=$(value db_name)
    PGPASSFILE=${PGPASSFILE:-/run/secrets/pgpass} PGCONNECT_TIMEOUT=2 PGSSLMODE=${PGSSLMODE:-$(value db_sslmode)}
    export PGPASSFILE PGCONNECT_TIMEOUT PGSSLMODE
    exec psql --no-psqlrc --quiet --tuples-only --no-align --no-password \
      --host="${host:-postgres}" --port="${port:-5432}" --username="${user:-odoo}" "${name:-odoo}"'
}

# Rows "KEY|VALUE...". A database that Odoo has not initialised yet has none of its tables. Where no Odoo runs, the
# container of Postgres lets its own user in.
database() {
  statements | query "odoo-web-$(slot)" 2>/dev/null || statements | query "odoo-cron-$(slot)" 2>/dev/null ||
    statements | docker exec --interactive postgres psql --no-psqlrc --quiet --tuples-only --no-align \
      --username=postgres odoo
}

statements() {
  cat <<'SQL'
\set ON_ERROR_STOP on
set default_transaction_read_only = on;
set statement_timeout = '2s';
select 'connections|' || coalesce(sum(numbackends), 0) from pg_stat_database;
select 'max_connections|' || current_setting('max_connections');
select to_regclass('ir_module_module') is not null as odoo, to_regclass('mail_mail') is not null as mail,
  to_regclass('queue_job') is not null as queue \gset
\if :odoo
  select 'installed|' || count(*) from ir_module_module where state = 'installed';
  select 'unfinished|' || name || '|' || state from ir_module_module
    where state in ('to install', 'to upgrade', 'to remove') order by name;
  select 'cron_late_seconds|' || greatest(0, coalesce(max(extract(epoch from now() at time zone 'utc' - nextcall)), 0)::bigint)
    from ir_cron where active;
\endif
\if :mail
  select 'mail_failed|' || count(*) from mail_mail where state = 'exception';
  select 'mail_waiting|' || count(*) || '|' || coalesce(max(extract(epoch from now() at time zone 'utc' -
      coalesce(scheduled_date, create_date))), 0)::bigint
    from mail_mail where state = 'outgoing' and coalesce(scheduled_date, create_date) < now() at time zone 'utc';
\endif
\if :queue
  select 'jobs_failed|' || count(*) from queue_job where state = 'failed';
  select 'jobs_waiting|' || count(*) || '|' || coalesce(max(extract(epoch from now() at time zone 'utc' -
      coalesce(eta, date_created))), 0)::bigint
    from queue_job where state in ('pending', 'enqueued') and coalesce(eta, date_created) < now() at time zone 'utc';
\endif
SQL
}

# What waits since security updates: "reboot" for a kernel, "restart UNIT" for a service that runs on with files of before.
updates() {
  local unit process
  [ ! -e /run/reboot-required ] || echo reboot
  for unit in nginx ssh docker containerd; do
    process=$(systemctl show "$unit.service" --property=MainPID --value)
    ! grep --quiet --no-messages ' /usr/.* (deleted)$' "/proc/$process/maps" || echo "restart $unit"
  done
}

# What is really in the container: the list that its build left, and each module's folder that Odoo can load.
addons() {
  # shellcheck disable=SC2016 # read in the container
  docker exec "odoo-web-$(slot)" sh -c '
    cat /usr/local/share/odoo-platform/addons.json && echo && echo --- &&
    find -L /mnt/extra-addons -maxdepth 4 -name __manifest__.py' </dev/null
}

# The catcher's own answer, or the relay's greeting.
mail() {
  if [ -z "$relay_host" ]; then
    curl --silent --show-error --fail --max-time 2 --output /dev/null http://127.0.0.1:1080/api/healthz && echo caught
  else
    exec 3<>"/dev/tcp/$relay_host/$relay_port" && IFS= read -r -t 2 line <&3 && echo "$line"
  fi
}

firewall() {
  nft --json list ruleset
}

ask() {
  local name=$1 status=0
  timeout --kill-after=1 "$seconds" bash -c "$name" >"$folder/$name.out" 2>"$folder/$name.err" </dev/null || status=$?
  printf '%s %s %s %s\n' "$name" "$status" "$(base64 --wrap=0 <"$folder/$name.out")" \
    "$(tail --lines=3 "$folder/$name.err" | base64 --wrap=0)" >"$folder/$name.line"
}

main() {
  # Memory, not disk: a full disk is one of the things to be told.
  folder=$(mktemp -d /run/odoo-platform-health.XXXXXX 2>/dev/null || mktemp -d -t odoo-platform-health.XXXXXX) || return
  trap 'rm -rf "$folder"' EXIT
  export data relay_host relay_port
  export -f slot containers memory disk nginx ready query statements database addons updates mail firewall backups
  local name
  for name in containers memory disk nginx ready database addons updates mail firewall backups; do
    ask "$name" &
  done
  wait
  # One after the other: what is long would be torn apart by what is written at the same time.
  cat "$folder"/*.line
}

# Whole before it begins: a connection that is cut half-way runs nothing.
main
