#!/bin/bash
# Runs in Postgres' container, for each full segment of its log. Postgres keeps the segment and asks again until this ends well.
#
#   pgbackrest-push.sh SEGMENT   (pgBackRest wants its name in the command)
set -uo pipefail

# Not told yet where to: it waits.
[ -r /etc/pgbackrest/pgbackrest.conf ] || exit 1

# A stop of Postgres waits for its last segments, but not for a store that does not answer.
said=$(pgbackrest --stanza=odoo --archive-timeout=10 archive-push "$1" 2>&1)
status=$?
[ -z "$said" ] || printf '%s\n' "$said" >&2
case $said in
  # More waited than may: there is a hole, and the next backup ends it.
  *'dropped WAL'*) date -u +%Y-%m-%dT%H:%M:%SZ >>/var/lib/postgresql/data/wal-dropped ;;
esac
exit "$status"
