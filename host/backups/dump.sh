#!/usr/bin/env bash
# shellcheck disable=SC1091 # what is there on the machine
# A managed database to standard output, by a client of its version. Not packed: what did not change is stored once. Not logged: Docker
# would write all of it into the journal too.
set -euo pipefail
. /usr/local/lib/odoo-platform/odoo-slots.sh
exec docker run --rm --log-driver none --name odoo-backup-dump --network odoo-platform --cap-drop ALL --user 10001 --cpu-shares 32 \
  --volume /etc/odoo-platform/secrets/odoo/pgpass:/run/secrets/pgpass:ro --env PGPASSFILE=/run/secrets/pgpass \
  --env PGSSLMODE="$(value ODOO_DATABASE_SSL_MODE)" --entrypoint pg_dump "$(value ODOO_IMAGE)" --format=custom --compress=0 --no-password \
  -h "$(value ODOO_DATABASE_HOST)" -p "$(value ODOO_DATABASE_PORT)" -U "$(value ODOO_DATABASE_USER)" -d odoo
