# variables: N8N, "on" or "off"
# shellcheck source=host/images/containers.sh
. /usr/local/lib/odoo-platform/containers.sh
need_docker

if [ "$N8N" = on ]; then
  need_volume
  need_network
  install -d -m 0700 -o 10004 -g 10004 /mnt/odoo-data/n8n /mnt/odoo-data/n8n/files
  up
  healthy 240 n8n "see journalctl CONTAINER_NAME=n8n, then run it again; with another encryption key it cannot open what it keeps"
else
  # Its data stays on the volume.
  docker rm --force n8n >/dev/null 2>&1
fi
