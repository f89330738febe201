#!/usr/bin/env bash
# Starts Postgres. Where there is no cluster yet, makes one first, with a role and its database:
#
#   POSTGRES_USER, POSTGRES_DB     no superuser, but it may create databases
#   POSTGRES_PASSWORD_FILE         a file, since what is in the environment is in `docker inspect`
#
# Arguments go to Postgres: `-c shared_buffers=1GB`. An interrupted first start is begun again: the cluster is made in
# another folder, which takes its name only when all is done.
set -euo pipefail

fail() {
  echo "postgres: $1; $2" >&2
  exit 1
}

: "${PGDATA:?}"
parent=$(dirname "$PGDATA")
scratch="$PGDATA.new"

[ -w "$parent" ] || fail "$parent cannot be written" "on the host, give its folder to user $(id -u)"

# Postgres cannot see one that runs in another container on the same folder. This lock can, and ends with its last process.
exec 9>"$parent/.lock"
flock --nonblock 9 || fail "another Postgres is running on $parent" "stop that container first"

make_cluster() {
  local password=${POSTGRES_PASSWORD_FILE:-}
  : "${POSTGRES_USER:?names the role to create}" "${POSTGRES_DB:?names the database to create}"
  [ -s "$password" ] || fail "POSTGRES_PASSWORD_FILE names no file with a password in it" "mount one that user $(id -u) can read"
  # Somebody's data, though not where it should be.
  [ ! -e "$parent/PG_VERSION" ] || fail "$parent is itself a cluster" "move its files into $PGDATA"

  rm -rf "$scratch"
  # The built-in provider sorts by code point, as Odoo wants it, and never changes with the system's C library.
  initdb --pgdata="$scratch" --username=postgres --auth=peer --data-checksums --encoding=UTF8 \
    --locale=C.UTF-8 --locale-provider=builtin --builtin-locale=C.UTF-8 >/dev/null

  # Not on the network, and with its socket in the scratch folder: nobody connects to half a database.
  pg_ctl --pgdata="$scratch" --silent --wait --log="$scratch/first-start.log" \
    --options="-c listen_addresses='' -c unix_socket_directories='$scratch'" start ||
    fail "the new cluster does not start" "$(tail -n 3 "$scratch/first-start.log" 2>/dev/null || echo no log)"
  psql --host="$scratch" --username=postgres --dbname=postgres --no-psqlrc --quiet --set=ON_ERROR_STOP=1 \
    --set=role="$POSTGRES_USER" --set=database="$POSTGRES_DB" <<'SQL'
CREATE ROLE :"role" LOGIN NOSUPERUSER CREATEDB;
CREATE DATABASE :"database" OWNER :"role" TEMPLATE template0;
REVOKE CONNECT ON DATABASE postgres, template1 FROM PUBLIC;
GRANT CONNECT ON DATABASE postgres, template1 TO :"role";
-- What Odoo makes in a database that it creates itself: indexes for searches in the middle of a text, and searches that
-- do not care for accents. Only a superuser can declare unaccent immutable, without which it cannot be indexed.
\connect :"database"
CREATE EXTENSION pg_trgm;
CREATE EXTENSION unaccent;
ALTER FUNCTION unaccent(text) IMMUTABLE;
SQL
  PGHOST="$scratch" set-password.sh
  pg_ctl --pgdata="$scratch" --silent --wait --mode=fast stop
  rm -f "$scratch/first-start.log"

  sync
  mv "$scratch" "$PGDATA"
  sync
}

if [ ! -s "$PGDATA/PG_VERSION" ]; then
  [ ! -e "$PGDATA" ] || fail "$PGDATA is there but holds no cluster" "restore it from a backup, or move it away"
  make_cluster
fi
# Left over when the power went between two first starts.
rm -rf "$scratch"

# The process that ends a segment of the log by archive_timeout begins before Postgres is open, and then sleeps as long as
# checkpoint_timeout, whatever is written meanwhile (src/backend/postmaster/checkpointer.c). A reload wakes it.
wake_checkpointer() {
  until pg_isready --quiet --host=/var/run/postgresql; do
    sleep 1
    kill -0 $$ 2>/dev/null || return 0
  done
  kill -HUP $$
}
# Its parent is init, since Postgres knows no such child.
(wake_checkpointer 9>&- </dev/null >/dev/null 2>&1 &)

exec postgres -D "$PGDATA" -c hba_file=/etc/postgresql/pg_hba.conf -c listen_addresses='*' \
  -c unix_socket_directories=/var/run/postgresql -c password_encryption=scram-sha-256 "$@"
