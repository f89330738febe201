#!/usr/bin/env bash
# Waits for a run that has paused Odoo. Whatever ended it, nobody is to find the page for pauses for long. What it has begun, as an
# update of modules, may go on without it and hold the machine for half an hour.
#
#   odoo-guard.sh PROCESS
set -euo pipefail
tail --pid="$1" --follow /dev/null
[ ! -e /mnt/odoo-data/underway ] || PLATFORM_LOCK_SECONDS=3600 exec /bin/bash /usr/local/lib/odoo-platform/odoo-settle.sh
