#!/usr/bin/env bash
# shellcheck disable=SC1090,SC1091,SC2154,SC2034 # what is there on the machine
# After a boot, or a run that was ended: the release that served serves again. systemd runs it.
set -euo pipefail
lib=/usr/local/lib/odoo-platform
. $lib/preamble.sh
begin odoo-settle
. $lib/odoo.sh
need_docker
need_volume
settle
# Drained by a unit that is gone.
serving=$(serving_slot)
[ -z "$serving" ] || rest 30 "odoo-web-$(other_slot "$serving")"
# Tries of backups that were going on.
if [ -e $lib/backups-check.sh ]; then
  for part in backups backups-fetch backups-check; do . $lib/$part.sh; done
  for operation in drill restore clone import; do
    (
      flock -n 8 || exit 0
      fetching=$data/$operation
      if [ "$operation" = clone ]; then clear_clone; else clear_fetch; fi
    ) 8>>/run/lock/odoo-platform-$operation.lock
  done
fi
finish
