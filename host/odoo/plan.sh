#!/usr/bin/env bash
# shellcheck disable=SC1091,SC2154 # what is there on the machine, and what the preamble sets
# What bringing an image would do, as JSON; with "rehearse" the update of its modules is tried on a copy. What serves is not
# touched. The registry's user:token, when it asks for one, comes by standard input.
#
#   odoo-plan.sh IMAGE [rehearse]
set -euo pipefail
lib=/usr/local/lib/odoo-platform
. $lib/preamble.sh
exec 8<&0
begin odoo-plan
. $lib/odoo.sh
image=$1

pulled=false
if ! has_image "$image"; then
  IFS= read -r -t 5 credentials <&8 || true
  bring_image "$image" "${credentials:-}"
  pulled=true
fi
if [ -z "$(serving_slot)" ]; then
  answer '{"kind":"first","modules":[],"rehearsalSeconds":null,"pulled":'$pulled'}'
  finish
fi
compare_with "$image"
if [ -n "$modules" ]; then need_no_older "$image" "$modules"; fi
rehearsal_seconds=null
if [ -n "$modules" ] && [ "${2:-}" = rehearse ]; then rehearse "$image" "$modules"; fi
if [ -n "$modules" ]; then kind=modules; else kind=code; fi
answer '{"kind":"'$kind'","modules":'"$(names_json "$modules")"',"rehearsalSeconds":'"$rehearsal_seconds"',"pulled":'$pulled'}'
finish
