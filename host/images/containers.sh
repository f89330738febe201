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

has_image() { docker image inspect "$1" >/dev/null 2>&1; }

# registry_login REGISTRY USER_AND_TOKEN, for the rest of a subshell. In memory, and gone with it, whichever way it ends.
registry_login() {
  DOCKER_CONFIG=$(mktemp -d /run/odoo-platform/docker.XXXXXX)
  export DOCKER_CONFIG
  trap 'rm -rf "$DOCKER_CONFIG"' EXIT
  [ -z "$2" ] || docker login --username "${2%%:*}" --password-stdin "$1" <<<"${2#*:}"
}

# pull IMAGE: the reason of a failure is in $reason.
pull() {
  local attempt
  for attempt in 1 2 3; do
    if reason=$(timeout 1200 docker pull --quiet "$1" 2>&1); then return 0; fi
    echo "$reason"
    case $reason in
      *denied* | *unauthorized* | *"authentication required"* | *"no basic auth"* | *"manifest unknown"* | *"not found"* | *"no space left"*) return 1 ;;
    esac
    [ "$attempt" = 3 ] || sleep $((attempt * 3))
  done
  return 1
}

explain() {
  local last
  last=$(tail -n 1 <<<"$reason" | cut -c -300)
  case $reason in
    *denied* | *unauthorized* | *"authentication required"* | *"no basic auth"*) fail "${1%%/*} does not let this machine have $1; set the secret registryCredentials to user:token of somebody who may, or see that the image is there ($last)" ;;
    *"manifest unknown"* | *"not found"*) fail "there is no $1; push it first, or name another release ($last)" ;;
    *"no space left"*) fail "the machine's disk is full; remove what is not needed (docker system df shows what images take), then run it again ($last)" ;;
    *) fail "$1 cannot be pulled, ${1%%/*} does not answer as a registry does; see that it is up and that the machine reaches it, then run it again ($last)" ;;
  esac
}

# bring_image IMAGE USER_AND_TOKEN, pulls it, unless it is there.
bring_image() {
  has_image "$1" || (
    say "pulling $1"
    registry_login "${1%%/*}" "$2" || true
    pull "$1" || explain "$1"
  )
}
