# shellcheck source=host/images/containers.sh
. /usr/local/lib/odoo-platform/containers.sh
need_docker
need_volume
need_network
install -d -m 0750 -o 10001 -g 10001 /mnt/odoo-data/filestore

# The container of a run that was killed goes on by itself.
docker rm --force odoo-initialise >/dev/null 2>&1 || true

running() { [ "$(docker inspect --format '{{.State.Running}}' "$1" 2>/dev/null)" = true ]; }
# What serves has a database; asking takes a second.
if ! running odoo-web; then
  said=/run/odoo-platform/odoo-initialise
  if ! compose run --rm --no-TTY --name odoo-initialise \
    --volume /usr/local/lib/odoo-platform/odoo-initialise.sh:/run/odoo-platform/initialise.sh:ro \
    --volume /usr/local/lib/odoo-platform/odoo-first-settings.py:/run/odoo-platform/first-settings.py:ro \
    initialise bash /run/odoo-platform/initialise.sh </etc/odoo-platform/secrets/odoo/admin-password >$said 2>&1; then
    cat $said
    fail "the database could not be made; see journalctl -t odoo-platform, then run it again, which begins anew. Its last lines:
$(tail -n 10 $said | cut -c -400 | sed 's/^/  /')"
  fi
  cat $said
  [ "$(tail -n 1 $said)" = there ] || say "the database is made"
fi

# What the last run that came to its end had brought. A failed update leaves the state of the stack as it was, so the machine
# must be as it was too: else going back to the release before would find nothing to change.
good=$state/odoo-good

comes_up() {
  up
  healthy 240 odoo-web "see journalctl CONTAINER_NAME=odoo-web, then run it again"
  healthy 120 odoo-cron "see journalctl CONTAINER_NAME=odoo-cron, then run it again"
}

if ! (comes_up); then
  [ -d "$good" ] || exit "$refused"
  cp -a "$good/files/." /etc/odoo-platform/odoo/
  cp -a "$good/secrets/." /etc/odoo-platform/secrets/odoo/
  if (comes_up); then fail "what served before serves again"; fi
  fail "what served before does not come back either; see journalctl CONTAINER_NAME=odoo-web"
fi

rm -rf "$good.new"
install -d -m 0700 "$good.new"
cp -a /etc/odoo-platform/odoo "$good.new/files"
cp -a /etc/odoo-platform/secrets/odoo "$good.new/secrets"
rm -f "$good.new/secrets/admin-password"
rm -rf "$good"
mv "$good.new" "$good"

# It has served; the next run brings it again.
rm -f /etc/odoo-platform/secrets/odoo/admin-password
