#!/usr/bin/env bash
# After a boot, or a run that was ended: the release that served serves again. systemd runs it.
set -euo pipefail
lib=/usr/local/lib/odoo-platform
# shellcheck source=host/preamble.sh
. $lib/preamble.sh
begin odoo-settle
. $lib/odoo.sh
need_docker
need_volume
settle
# Drained by a unit that is gone.
serving=$(serving_slot)
[ -z "$serving" ] || rest 30 "odoo-web-$(other_slot "$serving")"
finish
