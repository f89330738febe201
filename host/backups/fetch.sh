# shellcheck shell=bash disable=SC2154
# Brings data back out of a source into a folder, FOLDER/postgres/17 and FOLDER/filestore, as a copy has them. What is live is
# not touched. Sourced after backups.sh and repository.sh.

# Of $moment, as backups-choose.py tells it.
of_moment() { python3 -c 'import json, sys
value = json.loads(sys.argv[1])
for key in sys.argv[2].split("."): value = value[key]
print("" if value is None else value)' "$moment" "$1"; }

# choose_moment SOURCE TO: $moment says what TO is restored from: "latest", a restore point's id, or a time.
choose_moment() {
  local source=$1 archive status=0 file
  install -d -m 0700 "$scratch" "$scratch/histories"
  quietly snapshots_of "$source" >"$scratch/snapshots" || fail "the backups of the filestore cannot be listed ($(why)); see that the store is up and that the machine reaches it"
  quietly database_sets_of "$source" >"$scratch/sets" || fail "the backups of the database cannot be listed ($(why)); see that the store is up and that the machine reaches it"
  # The archive's folder is named after the version and the number of the database.
  # That of the newest set, since an empty one of another database may stand beside it.
  archive=archive/$stanza/$(python3 -c 'import json, sys
stanza = (json.load(open(sys.argv[1])) or [{}])[0]
sets = sorted(stanza.get("backup") or [], key=lambda one: one["timestamp"]["stop"])
versions = {one["id"]: one["version"] for one in stanza.get("db") or []}
print("{}-{}".format(versions[sets[-1]["database"]["id"]], sets[-1]["database"]["id"]) if sets else "none")' "$scratch/sets")
  echo "$archive" >"$scratch/archive"
  quietly pgbackrest_of "$source" - repo-ls --output=json "$archive" >"$scratch/listing" || fail "the archive of the database's log cannot be listed ($(why)); run it again"
  while :; do
    status=0
    moment=$(python3 $lib/backups-choose.py "$2" "$scratch/snapshots" "$scratch/sets" "$scratch/listing" "$scratch/histories" 2>"$said") || status=$?
    case $status in
      0) return ;;
      3) fail "$(last_word "$said")" ;;
      # How that timeline came to be has to be known.
      4)
        file=$(last_word "$said")
        quietly pgbackrest_of "$source" - repo-get "$archive/$file" >"$scratch/histories/$file" || fail "$file of the archive cannot be read ($(why)); run it again"
        ;;
      *) cat "$said" && return "$status" ;;
    esac
  done
}

# room_for BYTES: on the volume, with a reserve: what is live has to go on.
room_for() {
  local free wanted
  free=$(($(df --output=avail --block-size=1 $data | tail -n 1) - reserve))
  wanted=$1
  [ "$free" -ge "$wanted" ] ||
    fail "the volume has $(human $((free > 0 ? free : 0))) to give and this wants $(human "$wanted"); raise host.volumeGb, or remove copies that are not needed (odoo-copies.sh list)"
}
reserve=$((512 << 20))
human() { numfmt --to=iec --suffix=B --format=%.1f "$1"; }

# guard_room: what fills the volume all the same is ended before what is live is stopped by it.
guard_room() {
  (
    trap - ERR EXIT TERM
    while sleep 2 && kill -0 $$ 2>/dev/null; do
      [ "$(df --output=avail --block-size=1 $data | tail -n 1)" -lt $((reserve / 2)) ] || continue
      printf 'the volume is nearly full, so this was ended before it hurt what is live; raise host.volumeGb, then run it again' >"$log.first"
      docker rm --force "odoo-backup-$operation" "odoo-$operation-update" "odoo-$operation-postgres" >/dev/null 2>&1
      pkill -TERM -P "$$" -x restic
      pkill -TERM -f backups-unpack.py
    done
  ) 3>&- 4>&- 8>&- &
  guard=$!
  cleanup+=(end_guard)
}
end_guard() {
  [ -z "${guard:-}" ] || kill "$guard" 2>/dev/null || true
  guard=
}

# fetch_database SOURCE FOLDER [delta]: what $moment says, ready to be a copy. With delta what is in FOLDER already is taken as far
# as it is the same. $reached is the last commit's time.
fetch_database() {
  local source=$1 folder=$2 arguments target
  install -d -m 0700 "$folder"
  install -d -m 0700 -o 10002 -g 10002 "$folder/postgres" "$folder/postgres/$cluster"
  rm -f "$folder/postgres/$cluster/postmaster.pid"
  # Numbers that are taken and not in the archive yet.
  rm -rf "$folder/postgres/timelines"
  [ ! -d "$timelines" ] || cp -a "$timelines" "$folder/postgres/timelines"
  target=$(of_moment target)
  # Postgres takes any other failure for the end of the log, and would begin to live in the middle of it.
  cat >"$folder/postgres/fetch-log.sh" <<SCRIPT
known=$timelines_inside/$(of_moment system)/\$1
for attempt in 1 2 3; do
  status=0
  pgbackrest --stanza=$stanza archive-get "\$1" "\$2" || status=\$?
  # What another stack's database did under that number is in its archive; what is nowhere there yet is known here.
  if [ \$status = 1 ] && [ -f "\$known" ]; then exec cp "\$known" "\$2"; fi
  [ \$status -gt 1 ] || exit \$status
  sleep \$attempt
done
exit 255
SCRIPT
  chmod 0644 "$folder/postgres/fetch-log.sh"
  arguments=(--set="$(of_moment set)" --type="$(of_moment kind)"
    --recovery-option=restore_command="sh /var/lib/postgresql/data/fetch-log.sh %f %p")
  [ -z "$target" ] || arguments+=(--target="$target")
  [ "$(of_moment kind)" = default ] || arguments+=(--target-action=promote)
  [ "$(of_moment kind)" = immediate ] || arguments+=(--target-timeline="$(of_moment follow)")
  [ -z "${3:-}" ] || arguments+=(--delta)
  say "bringing the database, $(human "$(of_moment bytes)") by the set $(of_moment set)"
  quietly pgbackrest_of "$source" "$folder/postgres" restore "${arguments[@]}" || fail "the database could not be brought ($(why)); what is live was not touched, run it again"
  say "replaying its log${target:+ until ${target%.*} UTC}"
  replay "$source" "$folder"
}

# In a container of its own that reaches the store, and that nobody reaches.
replay() {
  local name=odoo-$operation-postgres options=("${scratch_options[@]}") words newest ended=''
  [ "$(of_moment kind)" != default ] || ended=yes
  # Asked before: what is brought there meanwhile, by a machine that works on, is no hole.
  newest=$(newest_segment "$1") || fail "the archive of the database's log cannot be listed ($(why)); run it again"
  scratch_options=(--volume "$1/pgbackrest:/etc/pgbackrest:ro" --volume /etc/ssl/certs:/etc/ssl/certs:ro)
  for _ in 1 2; do
    run_scratch "$name" "$2/postgres" host -c listen_addresses= -c max_logical_replication_workers=0 -c hot_standby=off -c log_timezone=UTC -c max_wal_size=1GB \
      -c archive_mode=on -c archive_command=
    until is_primary "$name" 2>/dev/null || ! running "$name"; do sleep 0.5; done
    words=$(docker logs "$name" 2>&1 || true)
    ! running "$name" || break
    # Nothing was written after it, or the log that was ended before it: the end is what there is of that moment.
    [[ $words == *'recovery ended before configured recovery target was reached'* ]] || break
    [ -z "$(of_moment after)" ] ||
      fail "the log that was live then ends at $(last_commit <<<"$words"), before that time, and what came after it is another branch's (timeline $(of_moment after)). If nothing was written in between, say --to $(last_commit <<<"$words"); else a time when that branch was live"
    say "the log ends before that time: taking all of it"
    sed -i '/^recovery_target_\(time\|action\) /d' "$2/postgres/$cluster/postgresql.auto.conf"
    ended=yes
  done
  scratch_options=("${options[@]}")
  running "$name" || fail "the database does not start from the backup; nothing was changed. Its last lines:
$(last_lines "$name")"
  reached=$(last_commit <<<"$words")
  docker stop -t 120 "$name" >/dev/null
  docker rm "$name" >/dev/null
  rm -f "$2/postgres/fetch-log.sh"
  [ -z "$ended" ] || need_whole_log "$newest" "$(sed -n 's#.*redo done at \([0-9A-F]*/[0-9A-F]*\) .*#\1#p' <<<"$words" | tail -n 1)"
}

# last_commit: of what Postgres has said, as "2026-11-26T14:05:07Z".
last_commit() { sed -n 's/.*last completed transaction was at log time \([0-9-]* [0-9:]*\).*/\1/p' | tail -n 1 | sed 's/ /T/; s/$/Z/'; }

# newest_segment SOURCE: of the timeline that is followed, what the bucket has; nothing where nothing was written on it.
newest_segment() {
  local archive timeline folder
  archive=$(cat "$scratch/archive") timeline=$(printf %08X "$(of_moment timeline)")
  folder=$(grep -oE "\"${timeline}[0-9A-F]{8}\"" "$scratch/listing" | tr -d '"' | sort | tail -n 1 || true)
  [ -n "$folder" ] || return 0
  quietly pgbackrest_of "$1" - repo-ls "$archive/$folder" | cut -c -24 | sort | tail -n 1
}

# need_whole_log SEGMENT PLACE: that the log ended there because nothing follows, and not at a hole before that segment.
need_whole_log() {
  [ -n "$1" ] || return 0
  [ -n "$2" ] || fail "the database has not told how far it has replayed its log, so nobody knows whether that is all of it; run it again"
  # By segments of 16 MiB: 8 digits of the timeline, 8 of 4 GiB, 8 of the segment.
  [ $(((16#${2%/*} << 8) + (16#${2#*/} >> 24))) -ge $(((16#${1:8:8} << 8) + 16#${1:16:8})) ] ||
    fail "the log has a hole: it can be replayed until ${reached:-the end of the backup} and goes on after that. Restore a moment before it, or a restore point after it"
}

# fetch_files SOURCE FOLDER LIST [KEPT]: the files that LIST names. With KEPT, what is held on this machine is taken from there, and
# what it lacks is brought into it: with $base what is lacking, else all that any restore point needs.
fetch_files() {
  local source=$1 target=$2/filestore/filestore/odoo list=$3 held=${4:-} one lacking
  install -d -m 0750 -o 10001 -g 10001 "$2/filestore" "$2/filestore/filestore" "$target"
  if [ -n "$held" ]; then
    python3 $lib/backups-wanted.py collect "$list" "$target" "$held" >"$list.lacking"
    lacking=$(wc -l <"$list.lacking")
    say "$(($(wc -l <"$list") - lacking)) of $(wc -l <"$list") files are on this machine"
    if [ "$lacking" -gt 0 ]; then
      one=$(of_moment newestFiles.id)
      # A list is compared with each path: a long one would take longer than all of it.
      if [ -z "${base:-}" ] || [ "$lacking" -gt 500 ]; then rm "$list.lacking"; fi
      restore_files "$source" "$one" "$held" "$list.lacking"
      python3 $lib/backups-wanted.py collect "$list" "$target" "$held" >"$list.lacking"
    fi
  else
    restore_files "$source" "$(of_moment files.id)" "$target" ''
    # Folders of what is held are root's.
    find "$target" -type d -exec chown 10001:10001 {} +
  fi
}

# restore_files SOURCE SNAPSHOT FOLDER LIST: those that LIST names, or all. What is there stays as it is.
restore_files() {
  local options=(--target "$3" --overwrite never)
  if [ -n "$4" ] && [ -e "$4" ]; then options+=(--include-file "$4"); fi
  # Another stack's is read by a key that writes nothing.
  [ "$1" = "$own_source" ] || options+=(--no-lock)
  say "bringing files out of the snapshot $2"
  quietly restic_of "$1" restore "$2" --quiet "${options[@]}" || fail "the filestore could not be brought ($(why)); what is live was not touched, run it again"
}

# mend_wrong SOURCE FOLDER LIST [KEPT]: files that are missing or wrong, once more and from the newest snapshot.
mend_wrong() {
  local target=$2/filestore/filestore/odoo list=$3 name
  [ -s "$list.bad" ] || return 0
  while IFS= read -r name; do rm -f "$target/$name" ${4:+"$4/$name"}; done <"$list.bad"
  restore_files "$1" "$(of_moment newestFiles.id)" "${4:-$target}" "$list.bad"
  [ -z "${4:-}" ] || python3 $lib/backups-wanted.py collect "$list" "$target" "$4" >"$list.lacking"
}
