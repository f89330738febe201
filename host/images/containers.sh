# What the concerns that run containers share; sourced by their apply.sh after host/preamble.sh, which sets $concern.
# shellcheck shell=bash disable=SC2154

# Docker answers, or is started.
need_docker() {
  docker info >/dev/null 2>&1 && return
  systemctl start docker || true
  wait_until 30 docker info || fail "Docker does not answer; see journalctl -u docker, then run it again"
}

need_volume() {
  mountpoint -q /mnt/odoo-data || fail "the data volume is not mounted at /mnt/odoo-data; see journalctl -u 'mnt-odoo\\x2ddata.mount', then run it again"
}

# The one network that containers meet in, as host/docker/apply.sh makes it: the firewall knows its bridge by name.
need_network() {
  docker network inspect odoo-platform >/dev/null 2>&1 ||
    docker network create --opt com.docker.network.bridge.name=br-odoo \
      --opt com.docker.network.bridge.host_binding_ipv4=127.0.0.1 odoo-platform >/dev/null
}

compose() {
  docker compose --progress quiet --project-directory "/etc/odoo-platform/$concern" "$@"
}

# up CONTAINER...: has the concern's containers run as its files say. What they run already stays untouched.
up() {
  local error
  # A name that a container outside this project took, as one left over by a killed run.
  error=$(compose up --detach --remove-orphans --no-build "$@" 2>&1) || {
    echo "$error"
    fail "Docker refuses to start it ($(grep -v '^ *$' <<<"$error" | tail -n 1 | cut -c -300)); see journalctl -u docker, then run it again"
  }
}

# healthy SECONDS CONTAINER WAY [HOPELESS...]: waits until Docker calls it healthy, or the last command finds that it will not
# be; else the error shows what it said last.
healthy() {
  local end=$((SECONDS + $1)) state
  while :; do
    state=$(docker inspect --format '{{.State.Status}} {{.State.Health.Status}} {{.State.OOMKilled}}' "$2" 2>/dev/null || echo missing)
    case $state in
      "running healthy "*) return 0 ;;
      *" true") fail "$2 ran out of memory; take a larger size (host.size), then run it again
$(last_lines "$2")" ;;
      "restarting "* | "exited "* | dead* | missing) [ "$SECONDS" -lt $((end - $1 + 15)) ] || break ;;
    esac
    [ "$SECONDS" -lt "$end" ] || break
    if [ $# -gt 3 ] && "${@:4}"; then break; fi
    sleep 0.5
  done
  fail "$2 does not get healthy (${state%% *}); $3. Its last lines:
$(last_lines "$2")"
}

# The last ten lines of a container's log, without what the secrets' files hold.
last_lines() {
  local text file value
  text=$(docker logs --tail 10 "$1" 2>&1 | cut -c -400 || true)
  for file in /etc/odoo-platform/secrets/*/*; do
    [ -f "$file" ] || continue
    value=$(cat "$file")
    [ ${#value} -lt 6 ] || text=${text//"$value"/[secret]}
  done
  sed -E 's/^/  /; s/((password|passwd|secret|token)["'\'']?[=:] *)[^ ,]+/\1[secret]/Ig' <<<"$text"
}
