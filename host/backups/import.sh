#!/usr/bin/env bash
# shellcheck disable=SC1091,SC2154,SC2086,SC2034 # what is there on the machine, and what the preamble sets; paths have no spaces
# Makes a copy (as odoo-copies.sh lists them) out of a backup that Odoo made elsewhere: loaded, updated to an image's add-ons, tried.
# What is live is not touched: an update with that copy brings it in.
#
#   odoo-import.sh prepare BYTES IMAGE               whether it has room, and IMAGE the add-ons that standard input names after a line
#                                                    with the registry's user:token; then backup.zip may come into import/
#   odoo-import.sh load IMAGE SERIES URL [--incomplete]
#   odoo-import.sh clear                             takes away what came
#   odoo-import.sh forget [COPY]                     and that copy, which nobody will bring
#
# Answers one line of JSON; of load {"copy","madeAt","image","filestore","mailServers",…}. --incomplete: also where files of
# attachments are missing in it.
set -euo pipefail
lib=/usr/local/lib/odoo-platform
. $lib/preamble.sh
. $lib/odoo.sh
. $lib/backups.sh
. $lib/backups-fetch.sh
. $lib/backups-check.sh
. $lib/backups-load.sh
exec 7<&0

fetching=$upload_folder
began=$(date +%s.%N)
mode=$1
shift
begin_run import import
asked=$(cat <&7)
exec 7<&-
need_docker
need_volume
! managed || fail "the database is a managed one, into which nothing is brought; load it by pg_restore at its provider"

prepare() {
  local bytes=$1 image=$2 modules
  forget
  room_for "$bytes"
  bring_image "$image" "$(head -n 1 <<<"$asked")"
  modules=$(tail -n +2 <<<"$asked")
  [ -z "$modules" ] || lock_of "$image" <<<"$modules" >/dev/null
  install -d -m 0700 $upload_folder
}

load() {
  local image=$1 series=$2 url=$3 incomplete=${4:-} folder=$upload_folder/copy network=odoo-import servers
  check=odoo-import-postgres
  cleanup+=(clear_fetch)
  [ -f $upload ] || fail "no backup has come; run it again"
  guard_room
  load_backup $check $folder $network "$image"
  renew $check $folder $network "$image" "$series"
  [ -z "$(sql "SELECT 1 FROM ir_config_parameter WHERE key = 'database.is_neutralized' AND lower(value) IN ('true', '1')" $check)" ] ||
    fail "it was neutralised: its mail, scheduled actions and payment are off, which is nothing for production. Bring an exact backup; nothing was changed"
  # Where people are to be sent by links and mails.
  sql "INSERT INTO ir_config_parameter (key, value, create_date, write_date)
    SELECT key, value, now() AT TIME ZONE 'utc', now() AT TIME ZONE 'utc' FROM (VALUES ('web.base.url', '$url'), ('web.base.url.freeze', 'True')) AS new (key, value)
    ON CONFLICT (key) DO UPDATE SET value = excluded.value, write_date = excluded.write_date" $check
  list_files $folder/files
  say "comparing $(wc -l <$folder/files) files by their hashes"
  check_files $folder
  need_files $folder "$incomplete" it
  say "trying ${image##*/} on it"
  start_odoo $folder "$image"
  check_odoo
  docker rm --force "odoo-$operation-web" >/dev/null
  servers=$(sql "SELECT coalesce(json_agg(smtp_host ORDER BY sequence, id), '[]') FROM ir_mail_server WHERE active" $check)
  sql "ANALYZE" $check
  docker stop -t 120 $check >/dev/null
  docker rm $check >/dev/null
  # None of it leads anywhere: what was before is another database.
  forget_log "$folder/postgres/$cluster"
  rm -f $folder/files $folder/files.*
  id=$(date -u +%Y%m%dT%H%M%SZ)
  become_copy import $folder "$image" "$began"
  details=$(json copy "$id" madeAt "$(utc)" image "$image" filestore "=$filestore" mailServers "=$servers" seconds "=$(since "$began")")
  say "it is whole, as the copy $id, after $(since "$began") s"
}

# forget [COPY]: and those of more than an hour ago that came to nothing, as where the connection was lost.
forget() {
  local one id
  clear_fetch
  [ -d $copies ] || return 0
  find $copies -mindepth 2 -maxdepth 2 -name copy.json \( -path "*/${1:-none}/*" -o -mmin +60 \) | while IFS= read -r one; do
    id=$(basename "$(dirname "$one")")
    grep -qE '"kind":"(import|clone)"' "$one" || continue
    grep -qsE "(^| )${id}(_|$)" $brought $underway || drop_copy "$id"
  done
}

case $mode in
  prepare) prepare "$@" ;;
  load) load "$@" ;;
  clear) clear_fetch ;;
  forget) forget "$@" ;;
  *) fail "there are prepare, load, clear and forget, and no $mode" ;;
esac
finish_run
