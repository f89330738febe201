#!/usr/bin/env bash
# What the database is like: size, connections, long transactions, largest tables. Statistics only, never the text of a query,
# which holds what people have typed. `operations/evidence/collect.ts` sends it.

# Postgres beside Odoo lets its own user in; a managed one is asked from a container of Odoo, as Odoo does it.
query() {
  local slot
  if docker inspect postgres >/dev/null 2>&1; then
    docker exec --interactive postgres psql --no-psqlrc --quiet --username=postgres odoo
    return
  fi
  slot=$(cat /var/lib/odoo-platform/odoo-slot 2>/dev/null || echo blue)
  # shellcheck disable=SC2016 # read in the container
  docker exec --interactive "odoo-web-$slot" sh -c '
    value() { sed -n "s/^[[:space:]]*$1[[:space:]]*=[[:space:]]*//p" /etc/odoo/odoo.conf | tail -n 1; }
    export PGPASSFILE=${PGPASSFILE:-/run/secrets/pgpass} PGCONNECT_TIMEOUT=5 PGSSLMODE=${PGSSLMODE:-$(value db_sslmode)}
    exec psql --no-psqlrc --quiet --no-password --host="$(value db_host)" --port="$(value db_port)" \
      --username="$(value db_user)" "$(value db_name)"'
}

statements() {
  cat <<'SQL'
\pset footer off
set default_transaction_read_only = on;
set statement_timeout = '5s';
\echo Database
select split_part(version(), ' ', 2) as version, pg_size_pretty(pg_database_size(current_database())) as size,
  current_setting('max_connections') as "connections at most", date_trunc('second', pg_postmaster_start_time()) as "started";
\echo Since the statistics were reset
select xact_commit as commits, xact_rollback as rollbacks, deadlocks, temp_files as "temporary files",
  round(100.0 * blks_hit / nullif(blks_hit + blks_read, 0), 2) as "% from cache"
  from pg_stat_database where datname = current_database();
\echo Connections
select coalesce(usename, backend_type) as who, coalesce(nullif(application_name, ''), '-') as application,
  coalesce(state, '-') as state, count(*) from pg_stat_activity group by 1, 2, 3 order by 4 desc, 1, 2, 3 limit 20;
\echo Longest transactions
select pid, usename as who, state, coalesce(wait_event, '-') as "waits for", date_trunc('milliseconds', now() - xact_start) as age
  from pg_stat_activity where xact_start is not null and pid <> pg_backend_pid() order by xact_start limit 10;
\echo Who waits for whom
select pid, pg_blocking_pids(pid) as "blocked by", date_trunc('milliseconds', now() - query_start) as since
  from pg_stat_activity where cardinality(pg_blocking_pids(pid)) > 0;
\echo Largest tables
select relname as "table", pg_size_pretty(pg_total_relation_size(relid)) as size, n_live_tup as rows, n_dead_tup as dead,
  date_trunc('second', greatest(last_analyze, last_autoanalyze)) as analyzed
  from pg_stat_user_tables order by pg_total_relation_size(relid) desc limit 15;
SQL
}

statements | query
