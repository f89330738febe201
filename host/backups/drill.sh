#!/usr/bin/env bash
# shellcheck disable=SC1091,SC2154,SC2086,SC2034 # what is there on the machine, and what the preamble sets; paths have no spaces
# Proves a restore point by restoring it, from the bucket alone, beside what is live and without a way out. Nothing of it stays but
# the word that it worked, here and in the bucket.
#
#   odoo-drill.sh [POINT]      the newest one
#
# Answers one line of JSON, which also is /var/lib/odoo-platform/backups/drill.json.
set -euo pipefail
lib=/usr/local/lib/odoo-platform
. $lib/preamble.sh
. $lib/odoo.sh
. $lib/backups.sh
. $lib/backups-repository.sh
. $lib/backups-files.sh
. $lib/backups-fetch.sh
. $lib/backups-check.sh

checks=() point='' to='' database=null filestore=null modules_found=null restore_seconds=0 serving_seconds=0

# step NAME: what is looked at from here on.
step() { step=$1 step_began=$(clock); }
passed() { note_check true "$1"; }
note_check() {
  checks+=("$(json name "$step" ok "=$1" detail "$2" seconds "=$(since "$step_began")")")
  step=
}

# conclude: however it ends. What failed is the last but the teardown.
conclude() {
  [ -z "${step:-}" ] || note_check false "$(cat "$log.reason" 2>/dev/null || echo "it stopped")"
  step teardown
  clear_fetch
  if [ -e "$fetching" ]; then note_check false "$fetching is still there"; else passed "nothing of it is left"; fi
  details=$(json point "=$(text_or_null "$point")" to "=$(text_or_null "$to")" checks "=[$(IFS=,; echo "${checks[*]}")]" \
    database "=$database" filestore "=$filestore" modules "=$modules_found" \
    seconds "={\"restore\":$restore_seconds,\"serving\":$serving_seconds,\"total\":$(since "$began")}")
  clear_scratch
}
fetching=$data/drill
began=$(date +%s.%N)
begin_run drill drill
cleanup+=(conclude)
step room
need_docker
need_volume
! managed || fail "a managed database is restored by its provider; a drill of its dumps is not built"
# What a run that was killed has left.
clear_fetch
point=${1:-$(points_of $own_source | python3 -c 'import json, sys
points = json.load(sys.stdin)["points"]
print(points[0]["id"] if points else "")')}
[ -n "$point" ] || fail "there is no restore point to try; take one by platform backup now"
say "looking for room for the restore point $point"
choose_moment $own_source "$point"
to=$(of_moment at)
wanted=$(($(of_moment bytes) * 11 / 10 + $(of_moment files.bytes || echo 0)))
room_for $wanted
guard_room
passed "$(human $wanted) wanted, $(human "$(df --output=avail --block-size=1 $data | tail -n 1)") free"

step fetch
fetch_database $own_source $fetching
passed "$(human "$(of_moment bytes)") of the set $(of_moment set), and its log"

step database
say "starting the database"
start_check $fetching
passed "up, and promoted"

step rows
say "counting every row"
database=$(count_rows)
passed "$(python3 -c 'import json, sys
one = json.loads(sys.argv[1])
print("{:,} rows in {} tables; most in {}".format(one["rows"], one["tables"], ", ".join("{} ({:,})".format(each["table"], each["rows"]) for each in (one["top"] or [])[:3])))' "$database")"

step files
list_files $fetching/files
fetch_files $own_source $fetching $fetching/files
restore_seconds=$(since "$began")
say "comparing $(wc -l <$fetching/files) files by their hashes"
filestore=$(python3 $lib/backups-wanted.py check $fetching/files $fetching/filestore/filestore/odoo)
[ ! -s $fetching/files.bad ] || fail "of $(wc -l <$fetching/files) files that attachments name, $(wc -l <$fetching/files.bad) are missing or wrong: $(head -n 5 $fetching/files.bad | paste -sd ' ')"
passed "$(python3 -c 'import json, sys
one = json.loads(sys.argv[1])
print("{:,} attachments, {:,} files, each with the right SHA-1".format(one["attachments"], one["files"]))' "$filestore")"

step modules
left=$(unfinished_modules "$check")
installed=$(installed_modules "$check")
modules_found="{\"installed\":$(wc -l <<<"$installed"),\"unfinished\":$(grep -o ' to ' <<<"$left" | wc -l || true)}"
[ -z "$left" ] || fail "modules are unfinished: $left"
image=$(value ODOO_IMAGE "$(slot_folder "$(serving_slot)")")
others=$(other_modules "$check" "$image")
if [ -n "$others" ]; then
  say "the release has moved on since: updating ${others//,/, }"
  update_modules "odoo-$operation-web" "odoo-$operation" $fetching/filestore "$image" "$others" 1800 || fail "the release that serves cannot update the restored data; $why"
fi
passed "$(wc -l <<<"$installed") installed, none unfinished${others:+; ${others//,/, } updated as the release that serves does}"

step odoo
say "starting Odoo on it"
start_odoo $fetching "$image"
check_odoo
serving_seconds=$(since "$began")
passed "answers, with its assets and websocket"

step login
check_login
passed "somebody who may log in can"

step=
conclude
cleanup=(end_guard)
publish drill "$(json operation drill startedAt "$started" endedAt "$(utc)" ok =true reason =null | sed 's/}$//'),${details#\{}" >/dev/null ||
  fail "the drill went well, but the word of it could not be kept in the bucket; see that the store is up, then run it again"
say "the restore point $point is proven, after $(since "$began") s"
finish_run
