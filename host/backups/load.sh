# shellcheck shell=bash disable=SC2154
# Makes data out of a backup as Odoo's database manager and Odoo.sh make it: a zip with dump.sql and filestore/
# (https://github.com/odoo/odoo/blob/19.0/odoo/service/db.py, dump_db). What is live is not touched. Sourced after check.sh.

upload_folder=$data/import
upload=$upload_folder/backup.zip

# load_backup NAME FOLDER NETWORK IMAGE: FOLDER/filestore and FOLDER/postgres/17, which runs as the container NAME. The cluster is the
# live one's without its database, so that its own backups go on.
load_backup() {
  local name=$1 folder=$2 network=$3 image=$4 said=/run/odoo-platform/load-said count
  local fast=(-c fsync=off -c full_page_writes=off)
  say "unpacking its files"
  install -d -m 0700 "$folder"
  install -d -m 0700 -o 10002 -g 10002 "$folder/postgres"
  count=$("${patient[@]}" python3 $lib/backups-unpack.py files $upload "$folder/filestore/filestore/odoo" 2>$said) ||
    fail "its files cannot be unpacked ($(last_word $said)); nothing was changed"
  install -d "$folder/filestore/filestore/odoo"
  chown -R 10001:10001 "$folder/filestore"
  say "$count files are there; loading the database"
  copy_cluster "$folder/postgres/$cluster"
  rm -f "$folder/postgres/$cluster/$clone_mark"
  new_timeline "$folder/postgres"
  need_closed_network "$network"
  # It takes its timeline as any copy does that is to be live. What comes then is on the disk when it is done: until then there is
  # nothing to lose, and no log to keep, of which there would be more than data. A row that cannot be loaded is nobody's to log.
  scratch_postgres "$name" "$folder/postgres" "$network" "${unarchived[@]}" "${fast[@]}"
  docker stop -t 120 "$name" >/dev/null
  scratch_postgres "$name" "$folder/postgres" "$network" -c archive_mode=off "${fast[@]}" -c max_wal_size=1GB \
    -c maintenance_work_mem=128MB -c log_min_messages=fatal
  docker exec "$name" set-password.sh
  psql_in "$name" postgres <<<"DROP DATABASE odoo WITH (FORCE)"
  psql_in "$name" postgres <<<"CREATE DATABASE odoo OWNER odoo TEMPLATE template0 ENCODING 'UTF8'"
  # Odoo's indexes may use it, which a dump does not tell (odoo/service/db.py, _create_empty_database).
  if grep -qx 'CREATE EXTENSION IF NOT EXISTS unaccent WITH SCHEMA public;' < <(python3 $lib/backups-unpack.py dump $upload 2>/dev/null | head -n 1000); then
    psql_in "$name" odoo <<<"SET ROLE odoo; CREATE EXTENSION unaccent; RESET ROLE; ALTER FUNCTION unaccent(text) IMMUTABLE"
  fi
  # By Odoo's own user, from where only the database is in reach: a dump can hold any command.
  "${patient[@]}" python3 $lib/backups-unpack.py dump $upload 2>$said.zip |
    docker run --rm --interactive --name "odoo-$operation-load" --log-driver none --network "$network" --cap-drop ALL \
      --security-opt no-new-privileges=true --user 10001 --oom-score-adj 800 --cpu-shares 256 \
      --volume /etc/odoo-platform/secrets/odoo/pgpass:/run/secrets/pgpass:ro --env PGPASSFILE=/run/secrets/pgpass \
      --entrypoint psql "$image" -XqAt -v ON_ERROR_STOP=1 -h postgres -U odoo -d odoo >/dev/null 2>$said ||
    fail "its dump cannot be loaded ($(why_not_loaded $said)); nothing was changed. Roles, extensions and settings of the server that it comes from must not be in it: docs/import.md tells how"
}
why_not_loaded() {
  local first
  first=$(grep -m 1 -oE 'ERROR:.*' "$1" | cut -c -300 || true)
  [ -n "$first" ] || first=$(last_word "$1.zip")
  echo "${first:-$(last_word "$1")}"
}

# renew NAME FOLDER NETWORK IMAGE SERIES: makes what was loaded go with an image: all its add-ons are updated to the image's, by Odoo,
# and those that the settings ask for are installed.
renew() {
  local name=$1 folder=$2 network=$3 image=$4 series=$5 has lock older lacking left why=''
  has=$(sql "SELECT latest_version FROM ir_module_module WHERE name = 'base'" "$name" 2>/dev/null) ||
    fail "what its dump holds is no database of Odoo; nothing was changed"
  [[ $has == "$series".* ]] ||
    fail "it is of Odoo $(cut -d . -f 1,2 <<<"$has"), and this stack runs $series; upgrade it first (https://upgrade.odoo.com, or OpenUpgrade), nothing was changed"
  installed_modules "$name" | lock_of "$image" >/dev/null
  older=$(installed_modules "$name" | older_modules "$image" "$name")
  [ -z "$older" ] || fail "the image has older modules than the backup: $(paste -sd, <<<"$older"); Odoo updates forward only, so bring a newer image first"
  lacking=$(comm -23 <(value ODOO_MODULES | tr , '\n' | sort) <(installed_modules "$name" | sort) | paste -sd,)
  say "updating its $(installed_modules "$name" | wc -l) add-ons to those of ${image##*/}${lacking:+, and installing $lacking}"
  # As in initialise.sh.
  psql_in "$name" odoo <<<"SET ROLE odoo; CREATE EXTENSION IF NOT EXISTS pg_trgm"
  # Beside what serves, which goes before.
  update_options=(--oom-score-adj 800 --cpu-shares 256)
  update_modules "odoo-$operation-update" "$network" "$folder/filestore" "$image" all 10800 "$lacking" ||
    fail "its add-ons cannot be updated; $why; nothing was changed"
  left=$(unfinished_modules "$name")
  [ -z "$left" ] || fail "the update left modules unfinished ($left); nothing was changed"
  # With what came along.
  lock=$(installed_modules "$name" | lock_of "$image")
  write_lock "$lock" "$name"
}

# forget_log CLUSTER: of one that has ended in order; the segment with its last checkpoint is all that it starts from. What is newer by
# its name is old log, kept to be written over. None of it may come into this stack's own archive.
forget_log() {
  local redo timeline last
  # DBState: shut down. One that was killed needs all of it.
  [ "$(od -An -t u4 -j 16 -N 4 "$1/global/pg_control" | tr -d ' ')" = 1 ] ||
    fail "the copy's database did not end in order; nothing of the copy was started"
  # Of pg_control (catalog/pg_control.h): where the checkpoint begins, and its timeline. Segments are of 16 MiB.
  redo=$(od -An -t u8 -j 40 -N 8 "$1/global/pg_control" | tr -d ' ')
  timeline=$(od -An -t u4 -j 48 -N 4 "$1/global/pg_control" | tr -d ' ')
  last=$(printf '%08X%08X%08X' "$timeline" $((redo >> 32)) $(((redo & 0xFFFFFFFF) >> 24)))
  [ -f "$1/pg_wal/$last" ] || fail "the copy's log is not where its database says; nothing of the copy was started"
  find "$1/pg_wal" -maxdepth 1 -type f -regextype posix-extended -regex '.*/[0-9A-F]{24}' ! -name "$last" -delete
  find "$1/pg_wal/archive_status" -type f -regextype posix-extended -regex '.*/[0-9A-F]{24}\.(ready|done)' ! -name "$last.*" -delete
}
