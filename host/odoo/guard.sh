#!/usr/bin/env bash
# Waits for a run that has paused Odoo. Whatever ended it, nobody is to find the page for pauses for long.
#
#   odoo-guard.sh PROCESS
set -euo pipefail
tail --pid="$1" --follow /dev/null
[ ! -e /mnt/odoo-data/underway ] || exec /bin/bash /usr/local/lib/odoo-platform/odoo-settle.sh
