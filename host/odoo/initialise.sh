#!/bin/bash
# Runs inside a container of Odoo's image, and makes the database: under another name, which it changes only when
# everything is there. Killed at any line, the next run begins again. Standard input: the administrator's password.
#
# Answers "there" or "made" on its last line.
set -euo pipefail

psql() { command psql -X -q -At -v ON_ERROR_STOP=1 "$@"; }
exists() { [ "$(psql -d postgres -c "SELECT count(*) FROM pg_database WHERE datname = '$1'")" = 1 ]; }
tables() { psql -d "$1" -c "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"; }

# As Odoo does where it makes the database itself: without it there is no index for what is looked for in the middle of a text
# (odoo/service/db.py, _create_empty_database).
trigrams='CREATE EXTENSION IF NOT EXISTS pg_trgm'

if exists odoo; then
  if [ "$(tables odoo)" != 0 ]; then
    # Ours is renamed when it is whole, so what is there is whole, or somebody's own. One that was made before this was done has its
    # indexes with the next update of its modules.
    psql -d odoo -c "$trigrams" || echo "pg_trgm cannot be made: searches in the middle of a text read whole tables"
    echo there
    exit
  fi
  empty=yes
fi

password=$(base64 -w0)
files=/var/lib/odoo/filestore
psql -d postgres -c 'DROP DATABASE IF EXISTS odoo_new WITH (FORCE)'
rm -rf "$files/odoo_new"
psql -d postgres -c "CREATE DATABASE odoo_new TEMPLATE template0 ENCODING 'UTF8'"
psql -d odoo_new -c "$trigrams"

once=(-c /etc/odoo/odoo.conf -d odoo_new --db-filter '^odoo_new$' --no-http --workers=0 --max-cron-threads=0)
odoo "${once[@]}" -i "$ODOO_MODULES" --without-demo=all --stop-after-init
broken=$(psql -d odoo_new -c "SELECT string_agg(name || ' (' || state || ')', ', ') FROM ir_module_module WHERE state IN ('to install', 'to upgrade', 'to remove')")
[ -z "$broken" ] || { echo "modules are not installed: $broken" >&2; exit 1; }
absent=$(psql -d odoo_new -v wanted="$ODOO_MODULES" <<'SQL'
SELECT string_agg(name, ', ') FROM unnest(string_to_array(:'wanted', ',')) AS name
WHERE name NOT IN (SELECT name FROM ir_module_module WHERE state = 'installed')
SQL
)
[ -z "$absent" ] || { echo "there are no modules of these names: $absent" >&2; exit 1; }

# By standard input: an argument or the environment could be read by others.
{
  printf 'password, url = "%s", "%s"\n' "$password" "$ODOO_URL"
  cat /run/odoo-platform/first-settings.py
} | odoo shell "${once[@]}" --log-level=warn
[ "$(psql -d odoo_new -c "SELECT value FROM ir_config_parameter WHERE key = 'web.base.url'")" = "$ODOO_URL" ] ||
  { echo "the first settings did not take" >&2; exit 1; }

# Files are named by their content, so what an earlier try left among them harms nobody.
if [ -d "$files/odoo_new" ]; then
  mkdir -p "$files/odoo"
  cp -a "$files/odoo_new/." "$files/odoo/"
  sync -f "$files/odoo"
fi
[ -z "${empty:-}" ] || psql -d postgres -c 'DROP DATABASE odoo WITH (FORCE)'
psql -d postgres -c 'ALTER DATABASE odoo_new RENAME TO odoo'
rm -rf "$files/odoo_new"
echo made
