#!/bin/bash
# Runs in Postgres' container and in the cluster's folder, for each full segment of its log. Postgres keeps the segment and asks
# again until this ends well.
#
#   pgbackrest-push.sh SEGMENT   (pgBackRest wants its name in the command)
set -uo pipefail
conf=/etc/pgbackrest/pgbackrest.conf
dropped=/var/lib/postgresql/data/wal-dropped

# Not told yet where to: it waits.
[ -r $conf ] || exit 1

# More waits than may: the log is dropped, the database goes on. There is a hole then, and the next backup ends it. pgBackRest has
# the same bound, but its background process looks at it only when it begins, and tries for long at a store that answers with errors.
too_much() {
  local limit
  limit=$(sed -n 's/^archive-push-queue-max=//p' $conf)
  [ $(($(find pg_wal/archive_status -name '*.ready' | wc -l) << 24)) -gt "${limit:-1073741824}" ]
}
# A timeline's history comes before all segments, so it has to go, too; it is brought once the store takes something.
later=/var/lib/postgresql/data/histories-dropped
drop() {
  case $1 in *.history) echo "${1##*/}" >>$later ;; esac
  date -u +%Y-%m-%dT%H:%M:%SZ >>$dropped
  echo "dropped WAL file $1, more waits than may" >&2
  exit 0
}

# A minute long it is not tried again, so that as much goes as comes.
if [ -n "$(find $dropped -mmin -1 2>/dev/null)" ] && too_much; then drop "$1"; fi
# A stop of Postgres waits for its last segments, but not for a store that does not answer.
said=$(pgbackrest --stanza=odoo --archive-timeout=10 archive-push "$1" 2>&1)
status=$?
[ -z "$said" ] || printf '%s\n' "$said" >&2
case $said in *'dropped WAL'*) date -u +%Y-%m-%dT%H:%M:%SZ >>$dropped ;; esac
if [ "$status" = 0 ] && [ -e $later ]; then
  sort -u $later | while IFS= read -r history; do
    if [ -f "pg_wal/$history" ]; then : >"pg_wal/archive_status/$history.ready"; fi
  done
  rm -f $later
fi
if [ "$status" != 0 ] && too_much; then drop "$1"; fi
exit "$status"
