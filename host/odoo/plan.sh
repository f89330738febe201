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
if ! docker image inspect "$image" >/dev/null 2>&1; then
  say "pulling $image"
  export DOCKER_CONFIG
  DOCKER_CONFIG=$(mktemp -d /run/odoo-platform/docker.XXXXXX)
  trap 'ended $?; rm -rf "$DOCKER_CONFIG"' EXIT
  IFS=: read -r -t 5 user token <&8 || true
  if [ -n "${token:-}" ]; then docker login --username "$user" --password-stdin "${image%%/*}" <<<"$token" >/dev/null; fi
  timeout 1200 docker pull --quiet "$image" || fail "$image cannot be pulled ($(tail -n 1 "$log" | cut -c -300)); see that it is in its registry and that the machine reaches it"
  pulled=true
fi
if [ -z "$(serving_slot)" ]; then
  answer '{"kind":"first","modules":[],"rehearsalSeconds":null,"pulled":'$pulled'}'
  finish
fi
lock=$(installed_modules | lock_of "$image")
known=$(known_lock)
modules=$(changed_modules "$known" "$lock")
if [ -n "$modules" ]; then need_no_older "$image" "$modules"; fi
rehearsal_seconds=null
if [ -n "$modules" ] && [ "${2:-}" = rehearse ]; then rehearse "$image" "$modules"; fi
if [ -n "$modules" ]; then kind=modules; else kind=code; fi
answer '{"kind":"'$kind'","modules":['"$(sed -E 's/[^,]+/"&"/g' <<<"$modules")"'],"rehearsalSeconds":'"$rehearsal_seconds"',"pulled":'$pulled'}'
finish
