# shellcheck shell=bash disable=SC2154
# The ways in which a release comes to serve. Sourced after modules.sh; each may be ended at any line, by whatever, and
# `settle` puts right what it left.

# attempt COMMAND...: its status in $attempted, with `set -e` in force inside, which `if` would switch off.
attempt() {
  trap - ERR
  set +e
  (
    set -e
    "$@"
  )
  attempted=$?
  set -e
  trap 'broken $?' ERR
  if [ "$attempted" = 0 ] || [ "$attempted" = "$refused" ]; then return 0; fi
  say "it stopped with status $attempted; the last lines:
$(tail -n 5 "$log" | cut -c -400)"
}

# Code only: beside what serves, on the same database; then requests go there.
beside() {
  local from=$1 to=$2
  attempt beside_comes_up "$to"
  if [ "$attempted" != 0 ]; then
    rest 10 "odoo-web-$to"
    [ -n "$from" ] || exit "$refused"
    fail "the release before still serves, nothing was lost"
  fi
  switch_to "$to"
  attempt hand_over_cron "$to"
  if [ "$attempted" != 0 ]; then
    rest 10 "odoo-cron-$to"
    [ -n "$from" ] || exit "$refused"
    switch_to "$from"
    cron_up "$from"
    rest 30 "odoo-web-$to"
    fail "the release before serves again, nothing was lost"
  fi
  [ -z "$from" ] || drain_later "$from"
}

beside_comes_up() {
  web_up "$1"
  gate "$1"
}

# With module updates: rehearsed, then in a pause, with a copy to go back to.
with_update() {
  local from=$1 to=$2 modules=$3 lock=$4 image id began
  image=$(value ODOO_IMAGE "$(slot_folder "$to")")
  rehearse "$image" "$modules"
  id=$(date -u +%Y%m%dT%H%M%SZ)
  began=$(clock)
  say "pausing for the update of $modules"
  begin_pause update "$id" "$from" "$to"
  attempt update_in_pause "$from" "$to" "$modules" "$lock" "$id" "$image"
  if [ "$attempted" != 0 ]; then
    settle
    fail "the update did not come up; the release before serves again with its data, nothing was lost"
  fi
  note_counters "$copies/$id"
  end_pause
  pause_seconds=$(since "$began") copy=$id
  say "open again after $pause_seconds s"
}

update_in_pause() {
  local from=$1 to=$2 modules=$3 lock=$4 id=$5 image=$6 began why=''
  rest 15 "odoo-cron-$from" "odoo-web-$from"
  began=$(clock)
  if on_droplet; then
    copy_data "$copies/$id.new"
    describe_copy "$copies/$id.new" "$(value ODOO_IMAGE "$(slot_folder "$from")")" "$began"
    sed -i 's/\.new"/"/' "$copies/$id.new/copy.json"
    mv -T "$copies/$id.new" "$copies/$id"
  else
    copy_managed "$id" "$(value ODOO_IMAGE "$(slot_folder "$from")")" "$began"
  fi
  sync -f $data
  say "copied database and filestore in $(since "$began") s"
  update_modules odoo-update odoo-platform $data/filestore "$image" "$modules" 1800 || fail "the update failed; $why"
  write_lock "$lock"
  web_up "$to"
  gate "$to"
  cron_up "$to"
  switch_to "$to"
}

# Wishes for the data of a copy that were fulfilled, a line each. Whoever comes with one again, as an update of the same release
# does days later, does not mean the data.
brought=$data/returned
was_brought() { grep -qxF "$1" $brought 2>/dev/null; }
note_brought() {
  was_brought "$1" || echo "$1" >>$brought
  sync -f $data
}
forget_brought() {
  { grep -vxF "$1" $brought || true; } >$brought.new 2>/dev/null
  mv -fT $brought.new $brought
}

# with_data WISH FROM TO: the data of a copy, and the release that is the candidate: prepared beside what serves, swapped in a pause.
with_data() {
  local wish=$1 id=${1%%_*} from=$2 to=$3 began incoming=$data/incoming new image others
  image=$(value ODOO_IMAGE "$(slot_folder "$to")")
  [ -f "$copies/$id/copy.json" ] || fail "there is no copy $id on the volume; odoo-copies.sh list tells those that are"
  on_droplet || fail "a managed database is brought back by its provider: restore it to a point in time"
  need_proof "$copies/$id"
  say "preparing the data of $id"
  rm -rf $incoming
  install -d -m 0700 $incoming
  reflink "$copies/$id/postgres" $incoming/postgres
  # As its container wants it; a copy made before today has it otherwise.
  chown 10002:10002 $incoming/postgres
  reflink "$copies/$id/filestore" $incoming/filestore
  need_closed_network odoo-rehearsal
  new_timeline $incoming/postgres
  # It is trusted once it has started and ended in order.
  scratch_postgres odoo-incoming-postgres $incoming/postgres odoo-rehearsal "${unarchived[@]}"
  others=$(other_modules odoo-incoming-postgres "$image")
  docker stop -t 120 odoo-incoming-postgres >/dev/null
  docker rm odoo-incoming-postgres >/dev/null
  forget_pushes "$incoming/postgres/$cluster"
  [ -z "$others" ] || fail "the data of $id is of another release than $image, which has another ${others//,/, another }; go back to the release that the copy names"
  new=$(date -u +%Y%m%dT%H%M%SZ)
  began=$(clock)
  say "pausing to bring the data of $id back"
  # Before anything of it runs; what serves until then does without a way out for these seconds.
  if is_clone $incoming; then shut_egress; fi
  begin_pause data "$new" "$from" "$to" "$wish"
  attempt data_in_pause "$from" "$to" "$new"
  if [ "$attempted" != 0 ]; then
    settle
    fail "the data of $id did not come up; the release before serves again with its data, nothing was lost"
  fi
  note_counters "$copies/$new"
  # While it still would be put right: both count, or neither.
  note_brought "$wish"
  end_pause
  pause_seconds=$(since "$began") copy=$new
  say "open again after $pause_seconds s; what was there before is kept as $new"
}

data_in_pause() {
  local from=$1 to=$2 new=$3 incoming=$data/incoming began
  began=$(clock)
  rest 5 "odoo-cron-$from" "odoo-web-$from"
  postgres_stop
  install -d -m 0700 "$copies/$new"
  install -d -m 0700 -o 10002 -g 10002 "$copies/$new/postgres"
  # Sessions are no data: who was logged in stays so, where the user is still there.
  # Those of a clone are other users.
  if [ -d $data/filestore/sessions ] && ! is_clone $incoming; then
    rm -rf $incoming/filestore/sessions
    reflink $data/filestore/sessions $incoming/filestore/sessions
  fi
  mv -T $data/filestore "$copies/$new/filestore"
  mv -T "$data/postgres/$cluster" "$copies/$new/postgres/$cluster"
  mv -T $incoming/filestore $data/filestore
  mv -T "$incoming/postgres/$cluster" "$data/postgres/$cluster"
  sync -f $data
  postgres_start
  docker exec postgres set-password.sh
  web_up "$to"
  gate "$to"
  need_shut "odoo-web-$to"
  cron_up "$to"
  switch_to "$to"
  describe_copy "$copies/$new" "$(value ODOO_IMAGE "$(slot_folder "$from")")" "$began"
}

begin_pause() {
  # A drained slot is a stopped one; one that drains would answer from data that is no longer there.
  stop_draining "$4"
  rest 30 "odoo-web-$4"
  install -d -m 0700 $copies
  echo "$*" >$underway.new
  mv -fT $underway.new $underway
  sync -f $data
  # Whoever ends this process, somebody opens again. At a reboot it is the unit that does so.
  systemd-run --quiet --collect --unit="odoo-platform-guard-$$" /bin/bash $lib/odoo-guard.sh $$ || true
  # What is under way is answered first. Where it writes to data that is about to be left, people do not wait long for it.
  if [ "$1" = data ]; then pause 3 "$3"; else pause 20 "$3"; fi
}

end_pause() {
  follow_egress
  rm -f $underway
  sync -f $data
  open
  rm -rf $data/incoming $data/failed
}

# Puts right what a run that was ended, or failed in a pause, has left. Asks facts alone, so it can be ended too.
settle() {
  local serving kind id from to wish
  docker rm --force odoo-initialise odoo-update odoo-incoming-postgres >/dev/null 2>&1 || true
  clear_rehearsal
  if [ -e $underway ]; then
    read -r kind id from to wish <$underway
    say "going back: the $kind of $id was not finished"
    rest 10 "odoo-web-$to" "odoo-cron-$to"
    back_"$kind" "$id"
    # What is live again may be a clone.
    follow_egress
    [ -z "$wish" ] || forget_brought "$wish"
    if on_droplet; then postgres_start; fi
    switch_to "$from"
    web_up "$from"
    cron_up "$from"
    end_pause
  fi
  rm -rf $data/incoming $data/failed $copies/*.new
  follow_egress
  need_proof $data
  serving=$(serving_slot)
  [ -n "$serving" ] || return 0
  if [ "$serving" = green ]; then : >$green; else rm -f $green; fi
  open
  rest 60 "odoo-cron-$(other_slot "$serving")"
  # Who was ended between the old one and the new one has left none.
  running "odoo-cron-$serving" || ! there "odoo-web-$serving" || (cron_up "$serving") || say "scheduled actions do not run; see journalctl -t odoo-cron"
}

# The update's copy takes the place of what the update has made of the data.
back_update() {
  on_droplet || { back_managed "$1"; return; }
  # Not yet copied: not yet touched.
  [ -f "$copies/$1/copy.json" ] || return 0
  postgres_stop
  # Not set aside: the volume may be full of it.
  rm -rf $data/filestore "$data/postgres/$cluster"
  reflink "$copies/$1/filestore" $data/filestore
  reflink "$copies/$1/postgres/$cluster" "$data/postgres/$cluster"
  new_timeline $data/postgres
  promote $data/postgres
  sync -f $data
  # First what makes it a copy: half of one is none.
  rm -f "$copies/$1/copy.json"
  rm -rf "${copies:?}/$1"
}
# set_aside PART: of the live data; gone when the pause is over.
set_aside() {
  install -d -m 0700 $data/failed
  [ ! -e "$data/$1" ] || mv -T "$data/$1" "$data/failed/$(basename "$1").$$"
}

# What was moved aside comes back.
back_data() {
  postgres_stop
  if [ -d "$copies/$1/postgres/$cluster" ]; then
    set_aside "postgres/$cluster"
    new_timeline "$copies/$1/postgres"
    promote "$copies/$1/postgres"
    mv -T "$copies/$1/postgres/$cluster" "$data/postgres/$cluster"
  fi
  if [ -d "$copies/$1/filestore" ]; then
    set_aside filestore
    mv -T "$copies/$1/filestore" $data/filestore
  fi
  rm -rf "${copies:?}/$1"
}

# At a managed database: a copy in the same cluster, made by the server, whose time grows with the size.
copy_managed() {
  psql_managed postgres <<<"CREATE DATABASE \"odoo_$1\" TEMPLATE odoo"
  install -d -m 0700 "$copies/$1"
  reflink $data/filestore "$copies/$1/filestore"
  describe_copy "$copies/$1" "$2" "$3"
}
back_managed() {
  local found
  # Not yet copied: not yet touched.
  [ -f "$copies/$1/copy.json" ] || return 0
  found=$(psql_managed postgres <<<"SELECT count(*) FROM pg_database WHERE datname = 'odoo_$1'") ||
    fail "the database cannot be asked for its copy; the page for pauses stays, since what is live is half updated. See that it is up, then run it again"
  # Without the copy its name has been changed already.
  if [ "$found" = 1 ]; then
    psql_managed postgres <<<"DROP DATABASE IF EXISTS odoo WITH (FORCE)" || fail "the half updated database cannot be removed; run it again"
    psql_managed postgres <<<"ALTER DATABASE \"odoo_$1\" RENAME TO odoo" || fail "the copy cannot take the database's name; run it again"
  fi
  set_aside filestore
  mv -T "$copies/$1/filestore" $data/filestore
  rm -rf "${copies:?}/$1"
}

# Old copies go, oldest first; the one to which the running release would go back stays.
prune_copies() {
  local keep all id size days=$1 count=$2 share=$3 place=0 bytes=0
  size=$(df --block-size=1 --output=size $data | tail -n 1)
  keep=$(cat "$state/odoo-copy" 2>/dev/null || true)
  all=$(find $copies -mindepth 2 -maxdepth 2 -name copy.json -printf '%h\n' 2>/dev/null | sort -r)
  for id in $all; do
    place=$((place + 1))
    bytes=$((bytes + $(grep -oE '"bytes":[0-9]+' "$id/copy.json" | cut -d : -f 2)))
    if [ "$(basename "$id")" = "$keep" ] || [ "$place" = 1 ]; then continue; fi
    if [ "$place" -gt "$count" ] || [ -n "$(find "$id/copy.json" -mtime "+$((days - 1))")" ] ||
      [ "$bytes" -gt "$(awk -v s="$size" -v p="$share" 'BEGIN { printf "%d", s * p }')" ]; then
      say "removing the copy $(basename "$id")"
      drop_copy "$(basename "$id")"
    fi
  done
}
drop_copy() {
  on_droplet || psql_managed postgres <<<"DROP DATABASE IF EXISTS \"odoo_$1\""
  rm -rf "${copies:?}/$1"
}

# Images of the last releases stay on the machine; the registry has the others.
prune_images() {
  local count=$1 image=$2 repository kept=$state/releases
  touch "$kept"
  { echo "$image"; grep -vxF "$image" "$kept" || true; } | head -n "$count" >"$kept.new"
  mv -fT "$kept.new" "$kept"
  repository=${image%@*}
  [ "$repository" != "$image" ] || repository=${image%:*}
  docker image ls --digests --format '{{.Repository}}@{{.Digest}} {{.ID}}' "$repository" | while read -r reference id; do
    grep -qxF "$reference" "$kept" || docker image rm "$reference" >/dev/null 2>&1 || docker image rm "$id" >/dev/null 2>&1 || true
  done
}
