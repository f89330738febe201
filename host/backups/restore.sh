#!/usr/bin/env bash
# shellcheck disable=SC1091,SC2154,SC2086,SC2034 # what is there on the machine, and what the preamble sets; paths have no spaces
# Makes a copy (as odoo-copies.sh lists them) of the data as they were at a moment, out of the bucket, and looks whether it is
# whole. What is live is not touched: an update with that copy brings it in.
#
#   odoo-restore.sh TO [--incomplete] IMAGE...
#
# TO: latest, a restore point's id, or a time. IMAGE: releases of which the first that goes with the data is tried on it; one that
# is not here is pulled, its registry's user:token comes by standard input. --incomplete: also where files are missing that no
# backup has.
#
# Answers one line of JSON: {"copy","madeAt","image","point",…}.
set -euo pipefail
lib=/usr/local/lib/odoo-platform
. $lib/preamble.sh
. $lib/odoo.sh
. $lib/backups.sh
. $lib/backups-repository.sh
. $lib/backups-files.sh
. $lib/backups-fetch.sh
. $lib/backups-check.sh
exec 7<&0

fetching=$data/restore
began=$(date +%s.%N)
to=$1 incomplete='' images=()
shift
for one; do
  if [ "$one" = --incomplete ]; then incomplete=yes; else images+=("$one"); fi
done
begin_run restore restore
patient=()
conclude() {
  clear_fetch
  clear_scratch
}
cleanup+=(conclude)
IFS= read -r -t 5 credentials <&7 || true
exec 7<&-
need_docker
need_volume
! managed || fail "a managed database is restored by its provider, to a point in time; then roll back to the release of then"
conclude

# What was written a moment ago is to be restored from, too. Where the log until the moment that is asked for is only here, what
# would come is older than that, and nothing would tell.
ship_now() {
  local segment until=$1 last
  say "having the last of the log and of the files held"
  segment=$(psql_in postgres postgres <<<'SELECT pg_walfile_name(pg_switch_wal())')
  if ! wait_until 60 archived "$segment"; then
    last=$(psql_in postgres postgres <<<"SELECT to_char(last_archived_time AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') FROM pg_stat_archiver")
    if [ -z "$incomplete" ] && { [ -z "$until" ] || [ -z "$last" ] || [ "$(date -d "$until" +%s)" -gt "$(date -d "$last" +%s)" ]; }; then
      fail "the store does not take the log: what was written since ${last:-the database began} is only on this machine. See that the store is up, then run it again; or say a time before that; --incomplete goes to the last that the store has"
    fi
    say "the store does not take the last of the log; what it has is restored from"
  fi
  (flock -w 60 7 && keep_files all >/dev/null) 7>>/run/lock/odoo-platform-backup-ship.lock || true
}
archived() { [ "$(psql_in postgres postgres <<<"SELECT last_archived_wal >= '$1' FROM pg_stat_archiver")" = t ]; }

# What is live is the base of what is brought, where it is the same database.
base=
say "looking for what $to is restored from"
choose_moment $own_source "$to"
delta=false
if [ "$(of_moment system)" = "$(identity)" ]; then base=yes delta=true; fi
held=$(du -sb $kept 2>/dev/null | cut -f 1)
files_bytes=$(of_moment newestFiles.bytes)
if [ -n "$base" ]; then
  # Blocks are shared with the live ones, until they differ.
  wanted=$(($(of_moment bytes) / 4))
  ship_now "$(of_moment at)"
else
  wanted=$(($(of_moment bytes) * 11 / 10))
fi
wanted=$((wanted + (${files_bytes:-0} > ${held:-0} ? ${files_bytes:-0} - ${held:-0} : 0)))
room_for $wanted
guard_room

# fetch_all: database and files into $fetching.
fetch_all() {
  fetch_database $own_source $fetching ${base:+delta}
  say "starting the database"
  rm -rf $fetching/check
  install -d -m 0700 $fetching/check
  install -d -m 0700 -o 10002 -g 10002 $fetching/check/postgres
  reflink "$fetching/postgres/$cluster" "$fetching/check/postgres/$cluster"
  start_check $fetching/check
  list_files $fetching/files
  fetch_files $own_source $fetching $fetching/files $kept
  say "comparing $(wc -l <$fetching/files) files by their hashes"
  check_files $fetching
  if [ -s $fetching/files.bad ]; then
    mend_wrong $own_source $fetching $fetching/files $kept
    check_files $fetching
  fi
}

if [ -n "$base" ]; then
  say "taking what is live for a base"
  install -d -m 0700 $fetching
  install -d -m 0700 -o 10002 -g 10002 $fetching/postgres
  reflink "$data/postgres/$cluster" "$fetching/postgres/$cluster"
fi
fetch_all
if [ -s $fetching/files.bad ] && [ "$to" = latest ]; then
  # The log comes every moment, files every half a minute: the last of them are not there.
  to=$(of_moment newestFiles.at)
  say "$(wc -l <$fetching/files.bad) files of the last moments were not shipped any more; going to $to, when all were"
  choose_moment $own_source "$to"
  base=yes
  fetch_all
fi
need_files $fetching "$incomplete" "every backup"

left=$(unfinished_modules "$check")
image='' why_not=''
for one in "${images[@]}"; do
  bring_image "$one" "${credentials:-}"
  if others=$(other_modules "$check" "$one"); then
    if [ -z "$others" ]; then image=$one && break; fi
    why_not+="${one##*/} has another ${others//,/, another }; "
  else
    why_not+="${one##*/}: $(cat "$log.reason"); "
  fi
done
rm -f "$log.reason"
[ -n "$image" ] || fail "no release that was named goes with the data of then: ${why_not%; }. Name one by --release"
say "trying ${image##*/} on it"
reflink $fetching/filestore $fetching/check/filestore
start_odoo $fetching/check "$image"
check_odoo
docker rm --force "odoo-$operation-web" "$check" >/dev/null
rm -rf $fetching/check

# It becomes a copy by one rename.
id=$(date -u +%Y%m%dT%H%M%SZ)
at=${reached:-$(of_moment at)}
[ "$(of_moment kind)" != time ] || at=$(of_moment at)
rm -f $fetching/files $fetching/files.*
install -d -m 0700 $copies
describe_copy $fetching "$image" "$began"
python3 - $fetching/copy.json "$id" "$at" "$(of_moment point)" <<'PYTHON'
import json, sys
path, name, at, point = sys.argv[1:]
copy = json.load(open(path)) | {"id": name, "madeAt": at, "restored": point or at}
with open(path, "w") as file: print(json.dumps(copy, separators=(",", ":")), file=file)
PYTHON
sync -f $data
mv -T $fetching "$copies/$id"
sync -f $data
details=$(json copy "$id" madeAt "$at" lastWrite "=$(text_or_null "$reached")" image "$image" \
  point "=$(text_or_null "$(of_moment point)")" set "$(of_moment set)" timeline "=$(of_moment timeline)" \
  unfinished "$left" filestore "=$filestore" delta "=$delta" seconds "=$(since "$began")")
say "the data of $at are whole, as the copy $id, after $(since "$began") s"
finish_run
