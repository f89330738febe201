#!/usr/bin/env bash
# Stops a slot's web container when it has answered what it was asked: at most as long as a request may take. Run by
# systemd-run, see slots.sh.
#
#   odoo-drain.sh SLOT PORT SECONDS
set -euo pipefail
slot=$1 port=$2 seconds=$3

end=$((SECONDS + seconds))
# Twice in a row: between two looks a request may just have been handed on.
quiet=0
until [ "$quiet" = 2 ] || [ "$SECONDS" -ge "$end" ]; do
  sleep 1
  if [ "$(ss -Htn state established "( dport = :$port )" | wc -l)" = 0 ]; then quiet=$((quiet + 1)); else quiet=0; fi
done
# Its websockets are closed now with a reason that makes clients come back, to the slot that serves.
: >"/run/odoo-platform/stopping-$slot"
docker stop -t 30 "odoo-web-$slot" >/dev/null
rm -f "/run/odoo-platform/stopping-$slot"
