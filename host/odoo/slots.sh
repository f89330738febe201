# shellcheck shell=bash disable=SC2154
# Two places for Odoo, blue and green. One serves; the other is where the next release comes up beside it, or where the one
# before still stands. Sourced after host/preamble.sh and containers.sh.

odoo=/etc/odoo-platform/odoo # what the program put: the candidate
# nginx looks whether it is there on each request (host/nginx/odoo.conf): no reload, so no connection is cut.
green=/etc/odoo-platform/nginx/green
pause_file=/etc/odoo-platform/nginx/maintenance

# What was switched to last; nothing before the first time.
serving_slot() { cat "$state/odoo-slot" 2>/dev/null || true; }
other_slot() { if [ "$1" = blue ]; then echo green; else echo blue; fi; }
web_port() { if [ "$1" = blue ]; then echo 8069; else echo 8079; fi; }
websocket_port() { if [ "$1" = blue ]; then echo 8072; else echo 8082; fi; }

slot_folder() { echo "/etc/odoo-platform/slots/$1"; }
slot_secrets() { echo "/etc/odoo-platform/secrets/odoo-$1"; }

# value NAME FOLDER: of a slot's or the candidate's .env.
value() { sed -n "s/^$1=//p" "${2:-$odoo}/.env" | head -n 1; }

slot_env() {
  cat "$odoo/.env"
  printf 'ODOO_SLOT=%s\nODOO_WEB_PORT=%s\nODOO_WEBSOCKET_PORT=%s\n' "$1" "$(web_port "$1")" "$(websocket_port "$1")"
}

# Whether a slot is what the candidate would be there.
holds_candidate() {
  cmp -s <(slot_env "$1") "$(slot_folder "$1")/.env" && cmp -s "$odoo/compose.yaml" "$(slot_folder "$1")/compose.yaml"
}

# The slot gets its own files, so that what serves in the other is not touched by what is tried here.
fill_slot() {
  local folder secrets
  folder=$(slot_folder "$1") secrets=$(slot_secrets "$1")
  install -d -m 0755 "$folder"
  install -d -m 0700 "$secrets"
  install -m 0400 -o 10001 -g 10001 /etc/odoo-platform/secrets/odoo/{odoo.conf,pgpass} "$secrets/"
  install -m 0644 "$odoo/compose.yaml" "$folder/compose.yaml"
  # Last: `holds_candidate` goes by it.
  slot_env "$1" >"$folder/.env.new"
  mv -fT "$folder/.env.new" "$folder/.env"
}

# slot_compose SLOT ARGUMENT...
slot_compose() {
  local slot=$1
  shift
  docker compose --progress quiet --project-name "odoo-$slot" --project-directory "$(slot_folder "$slot")" "$@"
}

running() { [ "$(docker inspect --format '{{.State.Running}}' "$1" 2>/dev/null)" = true ]; }
there() { docker inspect --format x "$1" >/dev/null 2>&1; }

# start SLOT SERVICE: in what was there, if its files are the same.
start() {
  local error
  error=$(slot_compose "$1" up --detach --no-build "$2" 2>&1) || {
    echo "$error"
    fail "Docker refuses to start it ($(grep -v '^ *$' <<<"$error" | tail -n 1 | cut -c -300)); see journalctl -u docker, then run it again"
  }
  # Taken away when it was the resting one.
  docker update --restart=unless-stopped "odoo-$2-$1" >/dev/null
}

# rest SECONDS CONTAINER...: stopped, kept for the way back, and not begun again when the machine boots.
rest() {
  local seconds=$1 container
  shift
  for container; do
    there "$container" || continue
    docker update --restart=no "$container" >/dev/null
    docker stop -t "$seconds" "$container" >/dev/null &
  done
  wait
  for container; do
    ! running "$container" || fail "$container does not stop; see journalctl -u docker, then run it again"
  done
}

web_up() {
  start "$1" web
  refused_since=
  healthy "$(value ODOO_START_SECONDS "$(slot_folder "$1")")" "odoo-web-$1" "see journalctl -t odoo-web, then run it again" refuses "$1"
}

# One that starts slowly does not answer yet. One that answers with an error for so long has loaded, and cannot.
refuses() {
  local status
  status=$(curl -s -o /dev/null --max-time 5 -w '%{http_code}' "http://127.0.0.1:$(web_port "$1")/web/health?db_server_status=1") || true
  if [[ $status != 5* ]]; then refused_since=; return 1; fi
  : "${refused_since:=$SECONDS}"
  [ $((SECONDS - refused_since)) -ge 20 ]
}

cron_up() {
  start "$1" cron
  healthy 120 "odoo-cron-$1" "see journalctl -t odoo-cron, then run it again"
}

# Requests go to this slot from now on; those that run are answered where they are.
switch_to() {
  if [ "$1" = green ]; then : >$green; else rm -f $green; fi
  printf '%s\n' "$1" >"$state/odoo-slot.new"
  mv -fT "$state/odoo-slot.new" "$state/odoo-slot"
  sync -f "$state"
  # The other release may have other files at the same addresses; nginx fetches them anew.
  find /var/cache/nginx/odoo -type f -delete 2>/dev/null || true
}

# Never two at once: a scheduled action that both began would wait for the other's lock, but one that calls out, calls twice.
hand_over_cron() {
  rest 60 "odoo-cron-$(other_slot "$1")"
  cron_up "$1"
}

# How many requests the slot is answering: nginx keeps no idle connection to Odoo.
requests_in() { ss -Htn state established "( dport = :$(web_port "$1") )" | wc -l; }

# Lets what runs in a slot come to its end, in a unit of its own: nobody has to wait for the longest report.
drain_later() {
  running "odoo-web-$1" || return 0
  docker update --restart=no "odoo-web-$1" >/dev/null
  systemctl reset-failed "odoo-platform-drain-$1.service" 2>/dev/null || true
  systemd-run --quiet --collect --unit="odoo-platform-drain-$1" \
    /bin/bash /usr/local/lib/odoo-platform/odoo-drain.sh "$1" "$(web_port "$1")" "$(value ODOO_STOP_SECONDS "$(slot_folder "$1")")" ||
    rest 30 "odoo-web-$1"
}

stop_draining() {
  systemctl stop "odoo-platform-drain-$1.service" 2>/dev/null || true
  # Docker goes on stopping what it was told to stop.
  if [ -e "/run/odoo-platform/stopping-$1" ]; then rest 30 "odoo-web-$1"; fi
  rm -f "/run/odoo-platform/stopping-$1"
}

# pause SECONDS SLOT: what it was asked before is answered, for so long.
pause() {
  : >$pause_file
  wait_until "$1" no_requests_in "$2" || echo "some requests of $2 are cut off"
}
no_requests_in() { [ "$(requests_in "$1")" = 0 ]; }
open() { rm -f $pause_file; }

# take_slot SLOT: makes it the candidate's. One that still answers what it was asked, and is the candidate already, is taken as
# it is; any other is waited for.
take_slot() {
  if holds_candidate "$1"; then
    stop_draining "$1"
    return
  fi
  if systemctl is-active --quiet "odoo-platform-drain-$1.service"; then
    say "waiting for requests that the release before the last one still answers"
    wait_until "$(value ODOO_STOP_SECONDS "$(slot_folder "$1")")" not_draining "$1" || true
    stop_draining "$1"
  fi
  rest 30 "odoo-web-$1" "odoo-cron-$1"
  fill_slot "$1"
}
not_draining() { ! systemctl is-active --quiet "odoo-platform-drain-$1.service"; }
