# shellcheck shell=bash disable=SC2154
# Looks whether fetched data is whole: its database starts, each attachment has its file, Odoo works on it. In a network of its own
# without a way out. Sourced after fetch.sh.

# clear_fetch: what a run of this kind has left, whoever ended it.
clear_fetch() {
  docker rm --force "odoo-$operation-web" "odoo-$operation-load" "odoo-$operation-update" "odoo-$operation-postgres" "odoo-backup-$operation" >/dev/null 2>&1 || true
  docker network rm "odoo-$operation" >/dev/null 2>&1 || true
  rm -rf "$fetching"
}

# What a clone's run has left: raw data, and another stack's keys. A copy that is proven is somewhere else by then.
clear_clone() {
  local fetching=$data/incoming-clone operation=clone
  docker rm --force odoo-clone odoo-clone-scan >/dev/null 2>&1 || true
  docker network disconnect --force odoo-clone mail-catcher >/dev/null 2>&1 || true
  clear_fetch
  rm -rf /run/odoo-platform/clone-*
}

text_or_null() { if [ -n "$1" ]; then echo "\"$1\""; else echo null; fi; }

# start_check FOLDER: its database, as $check.
start_check() {
  check=odoo-$operation-postgres
  need_closed_network "odoo-$operation"
  scratch_postgres "$check" "$1/postgres" "odoo-$operation" -c fsync=off -c full_page_writes=off
  # The password of now, which Odoo is given.
  docker exec "$check" set-password.sh
}

# list_files: a line for each file that an attachment names, into $1. Root looks at them by these names, and whoever writes to the
# database chooses them.
list_files() {
  local odd
  odd=$(sql "SELECT count(*) FROM ir_attachment WHERE store_fname <> '' AND store_fname !~ '^[0-9a-f]{2,3}/[0-9a-f]{40}$'" "$check")
  [ "$odd" = 0 ] || fail "$odd attachments are kept under names that are not Odoo's own, outside of the filestore; nothing was changed"
  sql "SELECT store_fname || ' ' || coalesce(nullif(min(checksum), ''), '-') || ' ' || count(*) FROM ir_attachment
    WHERE store_fname <> '' GROUP BY store_fname ORDER BY store_fname" "$check" >"$1"
}

# check_files FOLDER: $filestore says how many of them are there and right; FOLDER/files.bad names the others.
check_files() { filestore=$(python3 $lib/backups-wanted.py check "$1/files" "$1/filestore/filestore/odoo"); }

# need_files FOLDER INCOMPLETE WHERE
need_files() {
  local missing
  missing=$(wc -l <"$1/files.bad")
  { [ "$missing" = 0 ] || [ -n "$2" ]; } ||
    fail "of $(wc -l <"$1/files") files that attachments name, $missing are missing or wrong in $3: $(head -n 5 "$1/files.bad" | paste -sd ' '); --incomplete brings the data without them"
}

# become_copy KIND FOLDER IMAGE BEGAN: FOLDER becomes the copy $id, by one rename: a copy is there whole or not at all.
become_copy() {
  install -d -m 0700 "$copies"
  describe_copy "$2" "$3" "$4"
  sed -i -E 's/^\{"id":"[^"]*"/{"kind":"'"$1"'","id":"'"$id"'"/' "$2/copy.json"
  sync -f "$data"
  mv -T "$2" "$copies/$id"
  sync -f "$data"
}

# count_rows: {"bytes","tables","rows","top":[{"table","rows"}…]}, by reading all of them: a page that is damaged is found.
count_rows() {
  sql "WITH counted AS (SELECT format('%I.%I', n.nspname, c.relname) AS name, (xpath('/row/n/text()',
      query_to_xml(format('SELECT count(*) AS n FROM %I.%I', n.nspname, c.relname), false, true, '')))[1]::text::bigint AS rows
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema'))
    SELECT json_build_object('bytes', pg_database_size(current_database()), 'tables', count(*), 'rows', coalesce(sum(rows), 0), 'top',
      (SELECT json_agg(json_build_object('table', regexp_replace(name, '^public[.]', ''), 'rows', rows))
        FROM (SELECT * FROM counted ORDER BY rows DESC, name LIMIT 10) AS most)) FROM counted" "$check" | tr -d '\n'
}

# start_odoo FOLDER IMAGE: Odoo on the checked data, without scheduled actions; $odoo_at is where it answers.
start_odoo() {
  local name=odoo-$operation-web
  docker rm --force "$name" >/dev/null 2>&1 || true
  docker run --detach --name "$name" --network "odoo-$operation" --cap-drop ALL --security-opt no-new-privileges=true \
    --oom-score-adj 800 --memory "$(value ODOO_WEB_MEMORY_MB)m" --cpu-shares 256 \
    --volume /etc/odoo-platform/secrets/odoo/odoo.conf:/etc/odoo/odoo.conf:ro \
    --volume /etc/odoo-platform/secrets/odoo/pgpass:/run/secrets/pgpass:ro --volume "$1/filestore:/var/lib/odoo" \
    --env ODOO_RC=/etc/odoo/odoo.conf --env PGPASSFILE=/run/secrets/pgpass --env PGAPPNAME="odoo-$operation" \
    "$2" odoo -c /etc/odoo/odoo.conf -d odoo --workers=0 --max-cron-threads=0 --load="$(value ODOO_WEB_MODULES)" >/dev/null
  odoo_at=$(docker inspect --format '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' "$name")
  local end=$((SECONDS + 300))
  until curl -sf -o /dev/null --max-time 5 "http://$odoo_at:8069/web/health?db_server_status=1"; do
    { [ "$SECONDS" -lt "$end" ] && running "$name"; } || fail "Odoo does not start on the restored data. Its last lines:
$(last_lines "$name")"
    sleep 0.5
  done
}

# check_odoo: what a release must show before anybody is sent to it.
check_odoo() {
  local reason
  reason=$(gate_reason "$odoo_at:8069" "$odoo_at/8069" "$(domain_of $odoo)" "$check") || fail "Odoo does not work on the restored data: $reason. Its last lines:
$(last_lines "odoo-$operation-web")"
}

# check_login: by a password at random, which the scratch alone has and nobody is told; $login is who.
check_login() {
  local password said_no status=0
  password=$(head -c 24 /dev/urandom | base64 -w0)
  login=$(sql "SELECT login FROM res_users WHERE active AND NOT share AND login NOT LIKE '\_\_%' ORDER BY id = 2 DESC, id LIMIT 1" "$check")
  [ -n "$login" ] || fail "the restored database has no user who could log in"
  PASSWORD=$password LOGIN=$login python3 <<'PYTHON' | psql_in "$check" odoo || fail "a password could not be set in the scratch"
import base64, hashlib, os
text = lambda raw: base64.b64encode(raw).decode().replace("+", ".").rstrip("=")
salt = os.urandom(16)
# As Odoo keeps it (passlib's pbkdf2_sha512).
key = hashlib.pbkdf2_hmac("sha512", os.environ["PASSWORD"].encode(), salt, 25000)
login = os.environ["LOGIN"].replace("'", "''")
print(f"UPDATE res_users SET password = '$pbkdf2-sha512$25000${text(salt)}${text(key)}' WHERE login = '{login}';")
# A second factor is a person's.
print("SELECT 'UPDATE res_users SET totp_secret = NULL' WHERE EXISTS (SELECT FROM information_schema.columns")
print("WHERE table_name = 'res_users' AND column_name = 'totp_secret') \\gexec")
PYTHON
  said_no=$(PASSWORD=$password LOGIN=$login AT=$odoo_at DOMAIN=$(domain_of $odoo) python3 2>&1 <<'PYTHON'
import json, os, sys, urllib.request
ask = {"jsonrpc": "2.0", "method": "call", "params": {"db": "odoo", "login": os.environ["LOGIN"], "password": os.environ["PASSWORD"]}}
request = urllib.request.Request(f"http://{os.environ['AT']}:8069/web/session/authenticate", json.dumps(ask).encode(),
    {"Content-Type": "application/json", "Host": os.environ["DOMAIN"]})
answer = json.load(urllib.request.urlopen(request, timeout=60))
if not (answer.get("result") or {}).get("uid"): sys.exit(str((answer.get("error") or {}).get("data", {}).get("message", "it answers without a user"))[:200])
PYTHON
  ) || status=$?
  [ "$status" = 0 ] || fail "nobody can log in to the restored Odoo ($(tail -n 1 <<<"$said_no" | cut -c -300))"
}
