# variables: MAIL_KIND
# shellcheck source=host/images/containers.sh
. /usr/local/lib/odoo-platform/containers.sh
need_docker

if [ "$MAIL_KIND" = catcher ]; then
  need_volume
  need_network
  install -d -m 0700 -o 10003 -g 10003 /mnt/odoo-data/mail-catcher
  up
  healthy 60 mail-catcher "see journalctl CONTAINER_NAME=mail-catcher, then run it again"
else
  # What it caught stays on the volume.
  docker rm --force mail-catcher >/dev/null 2>&1
fi
