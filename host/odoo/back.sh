#!/usr/bin/env bash
# shellcheck disable=SC1091,SC2154 # what is there on the machine, and what the preamble sets
# Goes back to the release in the other slot at once, in seconds, where no module update lies between: for whoever has found that
# what serves is not well. The program's state is brought to agree afterwards; its update then finds nothing to do here.
#
#   odoo-back.sh IMAGE      what must be there
#
# Answers {"slot": "blue", "seconds": 3.1}; exit 1 with the reason, and what serves goes on, where that cannot be.
set -euo pipefail
lib=/usr/local/lib/odoo-platform
. $lib/preamble.sh
begin odoo-back
. $lib/odoo.sh
image=$1 began=$(clock)
settle
from=$(serving_slot)
to=$(other_slot "${from:-green}")
[ -n "$from" ] || fail "no release serves yet"
if [ "$(value ODOO_IMAGE "$(slot_folder "$from")")" = "$image" ]; then
  answer '{"slot":"'"$from"'","seconds":0}'
  finish
fi
[ "$(value ODOO_IMAGE "$(slot_folder "$to")" 2>/dev/null)" = "$image" ] || fail "the other slot does not hold $image; roll back by the program"
compare_with "$image"
[ -z "$modules" ] || fail "$image does not know what was made of $modules; go back with the data, or roll forward"
stop_draining "$to"
beside "$from" "$to"
answer '{"slot":"'"$to"'","seconds":'"$(since "$began")"'}'
finish
