#!/usr/bin/env bash
# Builds the images and tries them, as the checks of a pull request do: modules are installed with their tests, then Odoo
# serves and answers.
#
#   images/test.sh LOGS MODULE,MODULE... TESTED,TESTED...|- [TARGET...]
#
# LOGS is a folder for the logs. All modules are installed, and of the tested ones the tests are run; the checkout's own, under
# addons/, are both. Odoo's own tests are an hour's work and its makers'. Further targets (n8n) are built too, and n8n is asked whether it is well. Needs Docker with
# buildx, and python3. What it starts is gone when it ends; the images stay.
set -euo pipefail

if [ $# -lt 3 ]; then
  echo "usage: $0 LOGS MODULE,MODULE... TESTED,TESTED...|- [TARGET...]" >&2
  exit 2
fi
mkdir -p "$1"
logs=$(cd "$1" && pwd)
modules=$2
tested=${3#-}
shift 3
cd "$(dirname "$0")/.."
for manifest in addons/*/__manifest__.py; do
  [ -e "$manifest" ] || continue
  own=$(basename "$(dirname "$manifest")")
  modules+=,$own
  tested+=${tested:+,}$own
done

fail() {
  echo "images: $1; $2" >&2
  exit 1
}
for program in docker python3; do
  command -v "$program" >/dev/null || fail "there is no $program" "run it where there is one, as on GitHub's runners"
done

export REGISTRY=localhost REPOSITORY=odoo-ci TAG=ci
odoo=$REGISTRY/$REPOSITORY:$TAG
name=odoo-ci-$$
scratch=$(mktemp -d)
cleanup() {
  docker ps --all --quiet --filter "label=$name" | xargs --no-run-if-empty docker rm --force --volumes >/dev/null
  docker network rm "$name" >/dev/null 2>&1 || true
  rm -rf "$scratch"
}
trap cleanup EXIT

echo "images: building odoo, postgres${*:+, $*}"
docker buildx bake --file images/docker-bake.hcl --progress=plain --load odoo postgres "$@" >"$logs/build.log" 2>&1 ||
  { tail -n 20 "$logs/build.log" >&2; fail "they were not built" "the log is $logs/build.log"; }

# Made here and good for nothing else. The containers' users are not this one.
password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
printf '%s' "$password" >"$scratch/password"
printf 'postgres:5432:*:odoo:%s\n' "$password" >"$scratch/pgpass"
chmod 0755 "$scratch"
docker network create "$name" >/dev/null
run() { docker run --label "$name" --network "$name" "$@"; }

# A secret file has to be its reader's own, so each container copies its.
run --detach --name "$name-postgres" --network-alias postgres --volume "$scratch/password:/password:ro" \
  --env POSTGRES_USER=odoo --env POSTGRES_DB=odoo --env POSTGRES_PASSWORD_FILE=/password \
  "$REGISTRY/$REPOSITORY-postgres:17" >/dev/null
for _ in $(seq 60); do
  docker exec "$name-postgres" pg_isready --quiet --host postgres && break
  sleep 1
done

# odoo ARGUMENTS...
in_odoo() {
  local options=$1
  shift
  # shellcheck disable=SC2086 # options are several words
  run $options --volume "$scratch/pgpass:/pgpass:ro" --env PGPASSFILE=/tmp/pgpass "$odoo" \
    sh -c 'install -m 0600 /pgpass /tmp/pgpass && exec odoo -c /etc/odoo/odoo.conf "$@"' sh "$@"
}

echo "images: installing $modules; tests of ${tested:-none}"
tests=()
# "a,b" is "/a,/b" there.
if [ -n "$tested" ]; then tests=(--test-enable --test-tags "/${tested//,/,/}"); fi
if ! in_odoo --rm --database odoo --init "$modules" "${tests[@]}" --stop-after-init \
  --max-cron-threads 0 --workers 0 >"$logs/tests.log" 2>&1; then
  grep -E ' (ERROR|CRITICAL) ' "$logs/tests.log" | tail -n 30 >&2 || tail -n 30 "$logs/tests.log" >&2
  fail "tests failed, or a module could not be installed" "the log is $logs/tests.log"
fi
grep -oE '[0-9]+ post-tests in .*|[0-9]+ failed, .*of [0-9]+ tests.*' "$logs/tests.log" | tail -n 2 || true

echo "images: Odoo serves"
in_odoo "--detach --name $name-odoo --publish 127.0.0.1::8069" --database odoo >/dev/null
port=$(docker port "$name-odoo" 8069/tcp | head -n 1)
get='import sys, urllib.request; print(urllib.request.urlopen(sys.argv[1], timeout=5).read().decode())'
# answers URL TEXT
answers() {
  for _ in $(seq 60); do
    if python3 -c "$get" "$1" 2>/dev/null | grep --quiet "$2"; then return 0; fi
    sleep 1
  done
  return 1
}
if ! answers "http://$port/web/health?db_server_status=1" pass || ! answers "http://$port/web/login" 'name="login"'; then
  docker logs "$name-odoo" >"$logs/odoo.log" 2>&1
  tail -n 30 "$logs/odoo.log" >&2
  fail "Odoo does not answer" "the log is $logs/odoo.log"
fi
docker logs "$name-odoo" >"$logs/odoo.log" 2>&1

case " $* " in *' n8n '*)
  echo "images: n8n serves"
  run --detach --name "$name-n8n" --publish 127.0.0.1::5678 "$REGISTRY/$REPOSITORY-n8n:2" >/dev/null
  if ! answers "http://$(docker port "$name-n8n" 5678/tcp | head -n 1)/healthz" ok; then
    docker logs "$name-n8n" >"$logs/n8n.log" 2>&1
    tail -n 30 "$logs/n8n.log" >&2
    fail "n8n does not answer" "the log is $logs/n8n.log"
  fi
  ;;
esac
echo "images: all is well"
