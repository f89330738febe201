# variables: POSTGRES_IMAGE
# shellcheck source=host/images/containers.sh
. /usr/local/lib/odoo-platform/containers.sh
need_docker
need_volume
need_network

data=/mnt/odoo-data/postgres
install -d -m 0700 -o 10002 -g 10002 $data $data/spool
# Its mount is there before what is mounted: until then the log waits.
install -d -m 0700 /etc/odoo-platform/secrets/backups
install -d -m 0700 -o 10002 -g 10002 /etc/odoo-platform/secrets/backups/pgbackrest

# A cluster is a folder named after its major version. Another version would begin an empty one beside it.
major=$(docker image inspect --format '{{range .Config.Env}}{{println .}}{{end}}' "$POSTGRES_IMAGE" | sed -n 's#^PGDATA=.*/##p')
for cluster in "$data"/[0-9]*; do
  [ -e "$cluster/PG_VERSION" ] || continue
  found=$(cat "$cluster/PG_VERSION")
  [ "$found" = "$major" ] || [ -e "$data/$major/PG_VERSION" ] ||
    fail "the data on the volume is of version $found, the image brings version ${major:-unknown}; go back to an image of version $found, or upgrade the data first"
done

up
healthy 180 postgres "see journalctl CONTAINER_NAME=postgres, then run it again"
# Also when it did not change: a run that ended between the file and this would leave the old one in force.
docker exec postgres set-password.sh || fail "the password of its user odoo could not be set; see journalctl CONTAINER_NAME=postgres, then run it again"
