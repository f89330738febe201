# shellcheck shell=bash disable=SC2154
# The filestore: what is new in it goes to the bucket every half a minute. Sourced after repository.sh.

live=$data/filestore/filestore/odoo

# keep_files [OPTION...]: see keep.py. Nothing is lost when it is not there for a moment, as while data is swapped.
keep_files() { python3 $lib/backups-keep.py $live $kept "$@"; }

# snapshot_files IDENTITY SECOND: of all that is held, as it was at that second or later; prints restic's summary.
snapshot_files() {
  (cd $kept && quietly restic_of $own_source backup --json --quiet --host odoo --tag files --tag "of=$1" --time "$2" \
    --ignore-inode --ignore-ctime --no-scan . | tail -n 1)
}

# ship_files all|new: $shipped is restic's summary, empty when there was nothing new.
ship_files() {
  local began answer all=()
  [ "$1" = new ] || all=(all)
  shipped=
  began=$(date -u '+%Y-%m-%d %H:%M:%S')
  if [ ! -d $live ]; then install -d -m 0700 $kept; answer='{"new": 0, "hot": false}'; else
    answer=$(keep_files "${all[@]}" 2>"$said") || fail "the filestore cannot be looked at ($(last_word "$said")); it is tried again by itself"
  fi
  [ "$1" = all ] || [ -e $kept.pending ] || return 0
  shipped=$(snapshot_files "$(identity)" "$began") || fail "the filestore could not be brought to the store ($(why)); it is tried again by itself"
  [[ $shipped == *'"snapshot_id"'* ]] || fail "restic made no snapshot ($(why)); it is tried again by itself"
  # One that was perhaps still being written is looked at again.
  [[ $answer == *'"hot": true'* ]] || rm -f $kept.pending
}

# What Postgres has not shipped yet. Asked of its folders: a machine that is busy is not asked for more.
archive_state() {
  python3 - "$data/postgres/$cluster/pg_wal" "$data/postgres/wal-dropped" "$(value QUEUE_MAX $backups_settings)" <<'PYTHON'
import json, os, sys, time
wal, dropped, limit = sys.argv[1:]
waiting = []
try:
    for one in os.scandir(os.path.join(wal, "archive_status")):
        if one.name.endswith(".ready"): waiting.append(one.stat().st_mtime)
except FileNotFoundError: pass
volume = os.statvfs("/mnt/odoo-data")
print(json.dumps({"waiting": len(waiting), "waitingBytes": len(waiting) << 24, "queueMaxBytes": int(limit or 0),
  "oldestSeconds": int(time.time() - min(waiting)) if waiting else 0, "dropped": os.path.exists(dropped),
  "freeBytes": volume.f_bavail * volume.f_frsize}))
PYTHON
}

run_ship() {
  local me archive=null files=0 bytes=0
  begin_run ship backups backup-ship
  cleanup+=(clear_scratch)
  details='{"files":0,"bytes":0,"archive":null}'
  install -d -m 0700 "$scratch"
  need_volume
  if ! managed; then
    archive=$(archive_state)
    details='{"files":0,"bytes":0,"archive":'$archive'}'
    ask_for_backup "$archive"
  fi
  me=$(identity)
  if [ "$me" != "$(cat $backups_state/admitted 2>/dev/null || true)" ]; then need_repositories || fail "$foreign"; fi
  bounded=3600
  ship_files new
  bounded=
  if [ -n "$shipped" ]; then
    read -r files bytes < <(python3 -c 'import json, sys
one = json.loads(sys.argv[1])
print(one["files_new"] + one["files_changed"], one.get("data_added_packed", 0))' "$shipped")
  fi
  details='{"files":'$files',"bytes":'$bytes',"archive":'$archive'}'
  [ -z "$shipped" ] || say "brought $files files of the filestore to the store"
  if ! managed; then
    local oldest
    oldest=$(grep -oE '"oldestSeconds": [0-9]+' <<<"$archive" | tr -dc 0-9)
    [ "$oldest" -lt 300 ] || fail "Postgres' log has waited for the store for $oldest s; see journalctl CONTAINER_NAME=postgres. The database goes on; at $(($(value QUEUE_MAX $backups_settings) >> 20)) MB what waits is dropped, and a new backup is taken"
  fi
  finish_run
}

# Where log was dropped, there is a hole that no moment can be restored from; the next backup ends it. Once in a quarter of an hour.
ask_for_backup() {
  [[ $1 == *'"dropped": true'* ]] || return 0
  [ -z "$(find $backups_state/asked -mmin -15 2>/dev/null)" ] || return 0
  touch $backups_state/asked
  # Also where it was begun too often for systemd.
  systemctl reset-failed odoo-platform-backup.service 2>/dev/null || true
  systemctl start --no-block odoo-platform-backup.service || true
}
