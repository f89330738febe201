#!/usr/bin/env bash
# shellcheck disable=SC1091 # what is there on the machine
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
finish
