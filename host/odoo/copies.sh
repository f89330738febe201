#!/usr/bin/env bash
# The copies of database and filestore on the volume, as JSON.
#
#   odoo-copies.sh list       newest first
#   odoo-copies.sh lost ID    what going back to it would lose
#   odoo-copies.sh written TIME   what was written since, by the times that Odoo notes on its rows
set -euo pipefail
copies=/mnt/odoo-data/copies

list() {
  local files
  files=$(find $copies -mindepth 2 -maxdepth 2 -name copy.json 2>/dev/null | sort -r)
  # One word a file: ids have no spaces.
  # shellcheck disable=SC2086
  echo "[$([ -z "$files" ] || cat $files | paste -sd ,)]"
}

# Counters of rows that were written since people were let in after the copy was made. Those that every minute writes by
# itself are left out. null: Postgres has forgotten them, by a crash.
lost() {
  [ -f "$copies/$1/copy.json" ] || { echo "there is no copy $1" >&2; exit 1; }
  docker exec --interactive postgres psql -XqAt -U postgres -d odoo <<<"SELECT relname || ' ' || n_tup_ins || ' ' || n_tup_upd || ' ' || n_tup_del FROM pg_stat_user_tables ORDER BY relname" |
    python3 -c '
import datetime, json, os, sys
copy = sys.argv[1]
opened = os.path.join(copy, "opened.json")
made = json.load(open(os.path.join(copy, "copy.json")))
start = json.load(open(opened)) if os.path.exists(opened) else None
since = start["at"] if start else made["madeAt"]
now = datetime.datetime.now(datetime.timezone.utc)
began = datetime.datetime.fromisoformat(since)
quiet = ("bus_bus", "bus_presence", "ir_cron", "ir_cron_progress", "ir_cron_trigger", "ir_logging", "mail_presence", "base_registry_signaling", "base_cache_signaling")
tables, known = [], start is not None
for line in sys.stdin.read().split("\n"):
    if not line: continue
    name, *counts = line.split(" ")
    before = (start["tables"] if start else {}).get(name, [0, 0, 0])
    created, changed, deleted = (int(one) - two for one, two in zip(counts, before))
    if min(created, changed, deleted) < 0: known = False
    if name.startswith("base_cache_signaling") or name.startswith("base_registry_signaling") or name in quiet: continue
    if created or changed or deleted: tables.append({"table": name, "created": created, "changed": changed, "deleted": deleted})
rows = sum(one["created"] + one["changed"] + one["deleted"] for one in tables)
json.dump({"since": since, "seconds": int((now - began).total_seconds()), "tables": tables if known else None, "rows": rows if known else None}, sys.stdout)
print()' "$copies/$1"
}

# What was deleted since is not known: it comes back.
written() {
  local since
  since=$(date -u -d "$1" +%Y-%m-%dT%H:%M:%SZ)
  docker exec --interactive postgres psql -XqAt -v ON_ERROR_STOP=1 -v since="$since" -U postgres -d odoo <<'SQL'
SET statement_timeout = '15s';
SELECT set_config('odoo_platform.since', :'since', false) AS since \gset
SELECT 'SELECT json_build_object(''since'', current_setting(''odoo_platform.since''), ''seconds'',
    greatest(0, extract(epoch FROM now() - current_setting(''odoo_platform.since'')::timestamptz)::int),
    ''rows'', coalesce(sum(created + changed), 0), ''tables'', coalesce(json_agg(json_build_object(''table'', name, ''created'', created,
    ''changed'', changed, ''deleted'', 0) ORDER BY created + changed DESC) FILTER (WHERE created + changed > 0), ''[]'')) FROM ('
  || string_agg(format('SELECT %L AS name, count(*) FILTER (WHERE create_date > moment) AS created, count(*) FILTER (WHERE create_date <= moment) AS changed
    FROM %I, (SELECT current_setting(''odoo_platform.since'')::timestamptz AT TIME ZONE ''utc'' AS moment) AS of WHERE write_date > moment',
    table_name, table_name), ' UNION ALL ') || ') AS counted'
FROM information_schema.tables AS t WHERE table_schema = 'public' AND table_type = 'BASE TABLE'
  AND table_name NOT IN ('bus_bus', 'bus_presence', 'ir_cron', 'ir_cron_progress', 'ir_cron_trigger', 'ir_logging', 'mail_presence')
  AND (SELECT count(*) FROM information_schema.columns AS c WHERE c.table_schema = 'public' AND c.table_name = t.table_name
    AND column_name IN ('create_date', 'write_date')) = 2 \gexec
SQL
}

case ${1:-} in
  list) list ;;
  lost) lost "${2:?names a copy}" ;;
  written) written "${2:?names a time}" ;;
  *) echo "odoo-copies.sh list | lost ID | written TIME" >&2 && exit 2 ;;
esac
