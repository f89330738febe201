#!/usr/bin/env bash
# What this machine knows of its backups, without asking the bucket: the last run of each kind and the restore points, as
# their scripts have left them; the timers; and the log of changes that waits to be shipped. Nothing where they are not set up.
backups() {
  local state=${backups_state:-/var/lib/odoo-platform/backups} settings=${backups_settings:-/etc/odoo-platform/backups/.env} one
  [ -e "$settings" ] || return 0
  echo "time $(date +%s) $(stat --format %W "$state" 2>/dev/null || echo 0)"
  for one in now ship verify drill points; do
    [ ! -s "$state/$one.json" ] || echo "$one $(tr --delete '\n' <"$state/$one.json")"
  done
  for one in "" -ship -verify -drill; do
    echo "timer odoo-platform-backup$one.timer $(systemctl show "odoo-platform-backup$one.timer" --property=ActiveState --value)"
  done
  # Segments of 16 MiB, the oldest first; how much may wait before any is given up.
  find "${data:-/mnt/odoo-data}"/postgres/[0-9]*/pg_wal/archive_status -name '*.ready' -printf '%T@\n' 2>/dev/null | sort --numeric-sort |
    awk 'NR == 1 {oldest = $1} END {printf "waiting %d %d\n", NR, oldest}'
  sed --quiet 's/^QUEUE_MAX=/queue /p' "$settings"
  docker exec postgres psql --no-psqlrc --quiet --tuples-only --no-align --field-separator=' ' --username=postgres \
    --command="select 'archiver', coalesce(extract(epoch from last_archived_time)::bigint, 0),
      coalesce(extract(epoch from last_failed_time)::bigint, 0) from pg_stat_archiver" postgres 2>/dev/null || true
}
