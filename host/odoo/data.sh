# shellcheck shell=bash disable=SC2154
# Odoo's data: what is asked of the database, and copies of database and filestore that share their blocks with the live ones
# (reflinks: https://man7.org/linux/man-pages/man8/mkfs.xfs.8.html), so that they cost no time that grows with the size.
# Sourced after slots.sh.

data=/mnt/odoo-data
copies=$data/copies
cluster=17

on_droplet() { there postgres; }

# psql_in CONTAINER DATABASE: statements from standard input.
psql_in() { docker exec --interactive "$1" psql -XqAt -v ON_ERROR_STOP=1 -U postgres -d "$2"; }

# The same at a managed database, as Odoo's own user, from a container of its image.
psql_managed() {
  docker run --rm --log-driver none --interactive --network odoo-platform --user 10001 \
    --volume /etc/odoo-platform/secrets/odoo/pgpass:/run/secrets/pgpass:ro --env PGPASSFILE=/run/secrets/pgpass \
    --env PGSSLMODE="$(value ODOO_DATABASE_SSL_MODE)" --entrypoint psql "$(value ODOO_IMAGE)" -XqAt -v ON_ERROR_STOP=1 \
    -h "$(value ODOO_DATABASE_HOST)" -p "$(value ODOO_DATABASE_PORT)" -U "$(value ODOO_DATABASE_USER)" -d "$1"
}

# sql STATEMENT [CONTAINER]: of what is live, or of a copy that runs in a container.
sql() {
  if [ -n "${2:-}" ]; then
    psql_in "$2" odoo <<<"$1"
  elif on_droplet; then
    psql_in postgres odoo <<<"$1"
  else
    psql_managed odoo <<<"$1"
  fi
}

# reflink FROM... TO: folders. A file that goes away meanwhile is not missed: the log that is replayed knows of it.
reflink() {
  local said
  if said=$(cp -a --reflink=always "$@" 2>&1); then return 0; fi
  said=$(grep -v 'No such file or directory$' <<<"$said" || true)
  [ -z "$said" ] || fail "$1 could not be copied ($(head -n 1 <<<"$said")); see that the volume is XFS with reflink=1 and has room"
}

# copy_data FOLDER: database first, then files: what an attachment names is there.
copy_data() {
  need_room
  install -d -m 0700 "$1"
  install -d -m 0700 -o 10002 -g 10002 "$1/postgres"
  copy_cluster "$1/postgres/$cluster"
  reflink $data/filestore "$1/filestore"
}

# What is shared takes room as soon as the live data changes.
need_room() {
  local free
  free=$(df --output=pcent $data | tail -n 1 | tr -dc 0-9)
  [ "$free" -lt 90 ] || fail "the volume is $free % full, too full for a copy; raise host.volumeGb, then run it again"
}

# A running cluster, in backup mode (https://www.postgresql.org/docs/17/continuous-archiving.html#BACKUP-LOWLEVEL-BASE-BACKUP).
copy_cluster() {
  local from=$data/postgres/$cluster line label=''
  coproc BACKUP { docker exec --interactive postgres psql -XqAt -v ON_ERROR_STOP=1 -U postgres -d postgres 2>&1; }
  # shellcheck disable=SC2153 # BACKUP_PID is made by coproc
  local session=$BACKUP_PID in=${BACKUP[1]} out=${BACKUP[0]}
  echo "SELECT 'at ' || pg_backup_start('odoo-platform', true);" >&"$in"
  IFS= read -r -t 120 line <&"$out" || line='no answer'
  [[ $line == 'at '* ]] || fail "Postgres does not let itself be copied ($line); see journalctl CONTAINER_NAME=postgres"
  reflink "$from" "$1"
  printf 'SELECT labelfile FROM pg_backup_stop(false);\n\\echo done\n\\q\n' >&"$in"
  while IFS= read -r -t 120 line <&"$out"; do
    [ "$line" != 'done' ] || break
    label+=$line$'\n'
  done
  wait "$session" || true
  [[ $label == 'START WAL LOCATION'* ]] || fail "the copy of the database has no label ($label); see journalctl CONTAINER_NAME=postgres"
  # What was written meanwhile. First which files are whole, so that none counts as whole that was copied before it was.
  rm -rf "$1/pg_wal/archive_status"
  reflink "$from/pg_wal/archive_status" "$1/pg_wal/archive_status"
  reflink "$from"/pg_wal/0* "$1/pg_wal"
  rm -f "$1/postmaster.pid" "$1/postmaster.opts"
  (umask 077 && sed '/^$/d' <<<"$label" >"$1/backup_label")
  chown 10002:10002 "$1/backup_label"
}

# scratch_postgres NAME FOLDER NETWORK SETTING...: starts a copy and waits until it has replayed its log.
scratch_postgres() {
  run_scratch "$@"
  wait_until 300 is_primary "$1" ||
    fail "the copy of the database does not start; nothing was changed. Its last lines:
$(last_lines "$1")"
}
run_scratch() {
  local name=$1 folder=$2 network=$3
  shift 3
  docker rm --force "$name" >/dev/null 2>&1 || true
  docker run --detach --name "$name" --network "$network" --cap-drop ALL --oom-score-adj 800 "${scratch_options[@]}" \
    --volume "$folder:/var/lib/postgresql/data" --volume /etc/odoo-platform/secrets/postgres:/run/secrets/postgres:ro \
    --env POSTGRES_USER=odoo --env POSTGRES_DB=odoo --env POSTGRES_PASSWORD_FILE=/run/secrets/postgres/password \
    "$(docker inspect --format '{{.Config.Image}}' postgres)" -c shared_buffers=64MB -c max_connections=50 -c jit=off "$@" >/dev/null
}
scratch_options=(--network-alias postgres)
is_primary() { [ "$(psql_in "$1" odoo <<<'SELECT NOT pg_is_in_recovery()')" = t ]; }

# need_closed_network NAME: one without a way out.
need_closed_network() {
  docker network inspect "$1" >/dev/null 2>&1 || docker network create --internal "$1" >/dev/null
}

# postgres_stop: before anything is moved under it.
postgres_stop() {
  docker stop -t 120 postgres >/dev/null 2>&1 || true
  ! running postgres || fail "Postgres does not stop, so its data stay where they are; see journalctl -u docker, then run it again"
}
postgres_start() {
  docker start postgres >/dev/null
  healthy 180 postgres "see journalctl CONTAINER_NAME=postgres"
}

# describe_copy FOLDER IMAGE BEGAN
describe_copy() {
  local bytes files
  bytes=$(du -s --apparent-size --block-size=1 "$1" | cut -f 1)
  files=$(find "$1" -type f | wc -l)
  printf '{"id":"%s","madeAt":"%s","image":"%s","bytes":%s,"files":%s,"seconds":%s}\n' "$(basename "$1")" \
    "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$2" "$bytes" "$files" "$(since "$3")" >"$1/copy.json.new"
  mv -fT "$1/copy.json.new" "$1/copy.json"
  sync -f "$1"
}

# What was written until people were let in again is what a way back would not lose.
note_counters() {
  sql "SELECT json_build_object('at', to_char(now() AT TIME ZONE 'utc', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), 'tables', (
    SELECT json_object_agg(relname, json_build_array(n_tup_ins, n_tup_upd, n_tup_del)) FROM pg_stat_user_tables))" >"$1/opened.json"
}

clock() { date +%s.%N; }
since() { awk -v a="$1" -v b="$(clock)" 'BEGIN { printf "%.1f", b - a }'; }
