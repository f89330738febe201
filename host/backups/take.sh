# shellcheck shell=bash disable=SC2154
# Takes a restore point. Database first, then files, so that what an attachment names is there; everything read back; the marker
# last of all. Sourced after files.sh.

# run_nightly: systemd leaves a day out whose hour the zone's clock skips, so it is asked twice a night; and a failed one is made up.
# Where log was dropped, there is a hole that only the next one ends.
run_nightly() {
  local last age
  last=$(sed -n 's/.*"lastOkAt":"\([^"]*\)".*/\1/p' $backups_state/now.json 2>/dev/null || true)
  age=$(($(date +%s) - $(date -d "${last:-1970-01-01}" +%s)))
  if [ "$age" -ge 0 ] && [ "$age" -lt 14400 ] && [ ! -e $data/postgres/wal-dropped ]; then exit 0; fi
  run_now
}

run_now() {
  local full='' new='' one
  begin_run now backups
  cleanup+=(clear_scratch end_pgbackrest)
  details='{"point":null}'
  for one; do
    case $one in
      --full) full=full ;;
      --new-database) new="new-database" ;;
      *) fail "$one is no option; there are --full and --new-database" ;;
    esac
  done
  end_pgbackrest
  need_docker
  need_volume
  need_true_clock
  need_repositories "$new" || fail "$foreign"
  BACKUP_MEMORY_MB=$(value BACKUP_MEMORY_MB $backups_settings)
  local began dropped=''
  began=$(clock)
  [ ! -e $data/postgres/wal-dropped ] || dropped=$(stat -c %Y $data/postgres/wal-dropped)
  if managed; then take_dump; else take_set "$full"; fi
  take_files
  say "reading back what is new of the filestore"
  read_back || { mend_files && read_back; } || fail "the filestore does not read back as it was written, and could not be brought again ($(head -n 1 "$scratch/bad")); this is no restore point"
  read_snapshot "$(field snapshot_id <<<"$shipped")"
  mark_point "$began"
  forget_dropped "$dropped"
  say "restore point $point_id is complete, after $(since "$began") s"
  retain
  finish_run
}

list_bucket() {
  list_snapshots
  list_sets
}
decide() { python3 $lib/backups-points.py "$1" "$scratch/snapshots" "$scratch/sets" "${@:2}"; }
field() { python3 -c 'import json, sys
value = json.load(sys.stdin)
for key in sys.argv[1].split("."): value = value[key]
print(*value, sep="\n") if isinstance(value, list) else print("" if value is None else value)' "$1"; }

# take_set [full]: $label, $kind and $set (JSON of what pgBackRest says of it).
take_set() {
  local next one reason
  next=$(decide next)
  for one in $(field drop <<<"$next"); do
    say "removing the set $one, which was not finished or is bad"
    quietly pgbackrest_of $own_source live expire --set="$one" || fail "the set $one cannot be removed ($(why)); run it again"
  done
  kind=$(field kind <<<"$next") reason=$(field why <<<"$next")
  [ -z "$1" ] || kind=full reason='it was asked for'
  say "copying the database, $(if [ "$kind" = full ]; then echo "whole: $reason"; else echo "what changed"; fi)"
  if ! back_up "$kind"; then
    # A whole one that is gone was younger than what this one would build upon; pgBackRest names nothing out of order.
    if [ "$kind" = full ] || ! grep -q 'is not later than latest backup label' "$said"; then fail "the database could not be backed up ($(why)); it is tried again by itself"; fi
    say "copying the database whole: the last whole one was no good"
    back_up full || fail "the database could not be backed up ($(why)); it is tried again by itself"
  fi
  list_sets
  set=$(python3 -c 'import json, sys
one = json.load(open(sys.argv[1]))[0]["backup"][-1]
print(json.dumps({"label": one["label"], "kind": one["type"], "start": one["timestamp"]["start"], "stop": one["timestamp"]["stop"],
  "bytes": one["info"]["size"], "storedBytes": one["info"]["repository"]["delta"], "error": bool(one.get("error"))}))' "$scratch/sets")
  label=$(field label <<<"$set") kind=$(field kind <<<"$set")
  [ "$(field error <<<"$set")" = False ] || { note_bad "$label"; fail "pages of the database are damaged; $label is no backup. See pgBackRest's words in journalctl -t odoo-platform, and check the volume"; }
  say "reading the database back"
  # Without a marker it counts as nothing, and the next one takes it away.
  read_set "$label" || read_set "$label" || fail "$label does not read back as it was written ($bad_reason); it is no backup, and is taken again by itself"
}

back_up() { quietly pgbackrest_of $own_source live backup --type="$1" --archive-timeout=300; }

# take_dump: at a managed database, whose provider keeps its log. The command's failure is restic's: half a dump is none.
take_dump() {
  local answer
  say "dumping the database"
  answer=$(quietly restic_of $own_source backup --json --quiet --host odoo --tag dump --stdin-filename odoo.dump --stdin-from-command -- \
    $lib/odoo-dump.sh | tail -n 1) || fail "the database could not be dumped ($(why)); it is tried again by itself"
  kind=full
  set=$(python3 -c 'import json, sys, time
one = json.loads(sys.argv[1])
stop = int(time.time())
print(json.dumps({"label": "dump-" + one["snapshot_id"][:8], "kind": "full", "start": int(stop - one["total_duration"]), "stop": stop,
  "bytes": one["total_bytes_processed"], "storedBytes": one.get("data_added_packed", 0)}))' "$answer")
  label=$(field label <<<"$set")
  [ "$(field bytes <<<"$set")" -gt 1000 ] || fail "the dump is nearly empty; see journalctl -t odoo-platform"
}

# Under the lock that ships: it goes on beside everything else.
take_files() {
  say "bringing the filestore"
  exec 7>>/run/lock/odoo-platform-backup-ship.lock
  flock -w 900 7 || fail "the filestore is still being brought by another run; it is tried again by itself"
  ship_files all
  exec 7>&-
}

# read_snapshot ID: restic's list of all files of a snapshot leads to the rest; restic itself reads its own copy on this machine.
read_snapshot() {
  check_object "snapshots/$1" && return
  fail "the snapshot ${1:0:8} does not read back as it was written; this is no restore point, and it is tried again by itself"
}

mark_point() {
  local point marker
  point=$(python3 - "$set" "$shipped" "$started" "$(since "$1")" "$(utc)" <<'PYTHON'
import json, sys
from datetime import datetime, timezone
database, files, started, seconds, ended = sys.argv[1:]
database, files = json.loads(database), json.loads(files)
at = datetime.fromtimestamp(database["stop"], timezone.utc)
print(json.dumps({"id": at.strftime("%Y%m%d-%H%M%S"), "at": at.strftime("%Y-%m-%dT%H:%M:%SZ"), "kind": database["kind"],
  "database": {key: database[key] for key in ("label", "bytes", "storedBytes")},
  "filestore": {"snapshot": files["snapshot_id"][:16], "files": files["total_files_processed"], "bytes": files["total_bytes_processed"],
    "storedBytes": files.get("data_added_packed", 0)},
  "seconds": float(seconds), "startedAt": started, "verified": {"at": ended, "by": "backup"}, "proven": None}, separators=(",", ":")))
PYTHON
)
  point_id=$(field id <<<"$point")
  # From here on it is one.
  marker=$(bounded=300 quietly publish restore-point "$point" "id=$point_id") || fail "the marker could not be written, so this is no restore point ($(why)); it is tried again by itself"
  marker=$(field snapshot_id <<<"$marker")
  if ! check_object "snapshots/$marker"; then
    quietly restic_of $own_source forget --quiet "$marker" || true
    fail "the marker does not read back as it was written, so this is no restore point; it is tried again by itself"
  fi
  details='{"point":'$point'}'
}

# What was dropped before this one began is behind it.
forget_dropped() {
  if [ -n "$1" ] && [ "$(stat -c %Y $data/postgres/wal-dropped 2>/dev/null || echo 0)" = "$1" ]; then rm -f $data/postgres/wal-dropped; fi
}

# retain: what is older than the settings say goes; what is newest and good stays, whatever its age. What is there then stands in
# points.json. Nothing is asked of the bucket that is known: each question takes a second.
retain() {
  local plan one sets snapshots since
  list_bucket
  plan=$(decide retention "$(value RETENTION_DAYS $backups_settings)" 2>"$said") || fail "$(last_word "$said")"
  mapfile -t sets < <(field expire <<<"$plan" | grep .)
  mapfile -t snapshots < <(field forget <<<"$plan" | grep .)
  for one in "${sets[@]}"; do
    say "removing the set $one"
    quietly pgbackrest_of $own_source live expire --set="$one" || fail "the new restore point is there, but the old set $one cannot be removed ($(why)); it is tried again by itself"
  done
  if [ ${#sets[@]} -gt 0 ]; then expire_log; fi
  if [ ${#snapshots[@]} -gt 0 ]; then
    unlock_files
    bounded=600 quietly restic_of $own_source forget --quiet "${snapshots[@]}" || fail "the new restore point is there, but old snapshots cannot be removed ($(why)); it is tried again by itself"
  fi
  if [ $((${#sets[@]} + ${#snapshots[@]})) -gt 0 ]; then list_bucket; fi
  remember_points
  since=$(field neededSince <<<"$plan")
  exec 7>>/run/lock/odoo-platform-backup-ship.lock
  if flock -w 900 7 && [ -n "$since" ] && [ -d $live ]; then keep_files "needed=$since" || true; fi
  # Once a week, and never for long: what ships waits for it.
  if [ -z "$(find $backups_state/pruned -mtime -7 2>/dev/null)" ]; then
    unlock_files
    if bounded=600 quietly restic_of $own_source prune --quiet --max-repack-size 256M; then
      touch $backups_state/pruned
    else
      say "unused parts of the filestore's backups are not removed ($(why)); it is tried again tomorrow"
    fi
  fi
  exec 7>&-
}

# expire_log: log from before the oldest set. pgBackRest reckons what that is only where it is told how many whole sets keep theirs; by
# a set's name, and by time, it removes none (removeExpiredArchive in its expire.c).
expire_log() {
  local whole
  list_sets
  whole=$(python3 -c 'import json, sys
print(sum(one["type"] == "full" for stanza in json.load(open(sys.argv[1])) for one in stanza["backup"]))' "$scratch/sets")
  [ "$whole" -gt 0 ] || return 0
  quietly pgbackrest_of $own_source live expire --repo1-retention-full-type=count --repo1-retention-archive-type=full --repo1-retention-archive="$whole" ||
    say "log that no backup needs any more cannot be removed ($(why)); it is tried again when the next set goes"
}

# remember_points [BYTES]: those of the bucket as it was listed, and how much there is of files.
remember_points() {
  decide list "$@" >$backups_state/points.json.new
  mv -fT $backups_state/points.json.new $backups_state/points.json
}

# stored_files: bytes of the bucket that files take, each once.
stored_files() {
  bounded=120 quietly restic_of $own_source stats --no-lock --mode raw-data --json |
    python3 -c 'import json, sys; print(json.load(sys.stdin)["total_size"])' || fail "what the filestore's backups take cannot be asked ($(why)); run it again"
}

run_list() {
  local files
  begin_run list backups backup-list
  cleanup+=(clear_scratch end_pgbackrest)
  install -d -m 0700 "$scratch"
  list_bucket
  files=$(stored_files)
  remember_points "$files"
  answer "$(cat $backups_state/points.json)"
  exit 0
}
