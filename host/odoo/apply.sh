# Brings the candidate, which the program has put, to serve. What serves goes on serving until it has passed the gate.
#
# variables: RELEASE_DATA, a wish for the data of a copy, "COPY_WHICH", fulfilled once; KEEP_RELEASES, KEEP_COPIES_DAYS, COPIES_SHARE
. /usr/local/lib/odoo-platform/odoo.sh
need_docker
need_volume
need_network
install -d -m 0755 /etc/odoo-platform/nginx
install -d -m 0750 -o 10001 -g 10001 $data/filestore
systemctl daemon-reload
systemctl enable -q odoo-platform-odoo.service odoo-platform-egress.service

began=$(clock)
rehearsal_seconds=null pause_seconds=null copy=
settle
from=$(serving_slot)

# initialise_database SLOT: made once; a container of the slot's release does it.
initialise_database() {
  local said=/run/odoo-platform/odoo-initialise
  if ! slot_compose "$1" run --rm --no-TTY --name odoo-initialise \
    --volume $lib/odoo-initialise.sh:/run/odoo-platform/initialise.sh:ro \
    --volume $lib/odoo-first-settings.py:/run/odoo-platform/first-settings.py:ro \
    initialise bash /run/odoo-platform/initialise.sh </etc/odoo-platform/secrets/odoo/admin-password >$said 2>&1; then
    cat $said
    fail "the database could not be made; see journalctl -t odoo-platform, then run it again, which begins anew. Its last lines:
$(tail -n 10 $said | cut -c -400 | sed 's/^/  /')"
  fi
  cat $said
  [ "$(tail -n 1 $said)" = there ] || say "the database is made"
}

finish_with() {
  local lock=$3 image
  image=$(value ODOO_IMAGE "$(slot_folder "$2")")
  [ -z "$copy" ] || echo "$copy" >"$state/odoo-copy"
  [ -z "${RELEASE_DATA:-}" ] || note_brought "$RELEASE_DATA"
  prune_images "$KEEP_RELEASES" "$image"
  if [ -d $copies ]; then prune_copies "$KEEP_COPIES_DAYS" "$KEEP_RELEASES" "$COPIES_SHARE"; fi
  # It has served; the next run brings it again.
  rm -f /etc/odoo-platform/secrets/odoo/admin-password
  answer '{"kind":"'"$1"'","modules":'"$(names_json "$4")"',"slot":"'"$2"'","seconds":'"$(since "$began")"',"rehearsalSeconds":'"$rehearsal_seconds"',"pauseSeconds":'"$pause_seconds"',"copy":'"$(if [ -n "$copy" ]; then echo "\"$copy\""; else echo null; fi)"',"addons":'"$lock"'}'
}

if [ -z "$from" ]; then
  to=blue
  fill_slot $to
  initialise_database $to
else
  to=$(other_slot "$from")
fi
image=$(value ODOO_IMAGE)

if [ -n "${RELEASE_DATA:-}" ] && [ -n "$from" ] && ! was_brought "$RELEASE_DATA"; then
  fill_slot "$to"
  with_data "$RELEASE_DATA" "$from" "$to"
  kind=data modules='' lock=$(recorded_lock)
elif [ -n "$from" ] && holds_candidate "$from"; then
  to=$from kind=none modules=''
  web_up "$from"
  cron_up "$from"
  lock=$(recorded_lock)
else
  if [ -n "$from" ]; then
    compare_with "$image"
  else
    lock=$(installed_modules | lock_of "$image")
    modules=''
  fi
  if [ -n "$modules" ]; then
    kind=modules
    need_no_older "$image" "$modules"
    take_slot "$to"
    with_update "$from" "$to" "$modules" "$lock"
  else
    if [ -n "$from" ]; then kind=code; else kind=first; fi
    take_slot "$to"
    beside "$from" "$to"
    write_lock "$lock"
  fi
fi
finish_with "$kind" "$to" "$lock" "$modules"
