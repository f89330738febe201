#!/usr/bin/env bash
# shellcheck disable=SC1091,SC2034,SC2086,SC2154 # what is there on the machine, and what the preamble sets; paths have no spaces
# Makes a clone of another stack's data, or of a backup of Odoo's own: restored, neutralised, masked, looked through, and proven to reach nobody.
# It becomes a copy on the volume, which the program then brings like any other. Nothing of it is live before, and one that is not
# proven never is: whatever goes wrong, it is thrown away.
#
#   odoo-clone.sh [TIME|POINT]     the newest without
#
# Standard input: JSON, in one line. Of another stack {"endpoint", "region", "bucket", "keyId", "secretKey", "passphrase"}; of a backup that
# odoo-import.sh has prepared for {"file": true, "series", "incomplete"}. For both {"source", "url", "adminHash", "image", "registryCredentials",
# "keepPasswords", "mask": […], "allow": […], "leaveOut": ["neutralise"]}; with leaveOut it is never proven.
set -euo pipefail
lib=/usr/local/lib/odoo-platform
. $lib/preamble.sh
. $lib/odoo.sh
. $lib/backups.sh
. $lib/backups-repository.sh
. $lib/backups-fetch.sh
. $lib/backups-check.sh
. $lib/backups-load.sh
IFS= read -r asked
begin_run clone clone
# told NAME: of what was asked. By standard input, for some of it is secret.
told() {
  python3 -c 'import json, sys
value = json.load(sys.stdin).get(sys.argv[1], "")
print(value if isinstance(value, str) else json.dumps(value))' "$1" <<<"$asked"
}

point=${1:-latest}
incoming=$data/incoming-clone
source_folder=/run/odoo-platform/clone-source
checks=/run/odoo-platform/clone-checks
network=odoo-$operation
database=odoo-$operation-postgres
mark=$incoming/postgres/$cluster/$clone_mark
image=$(told image)
[ -n "$image" ] || image=$(value ODOO_IMAGE "$(slot_folder "$(serving_slot)")")
whole_began=$(clock)

conclude() {
  clear_clone
  clear_scratch
}
cleanup+=(conclude)

# note NAME OK DETAIL BEGAN: one line of the report; what is not well ends the run.
note() {
  json name "$1" ok "=$2" detail "$3" seconds "=$(since "$4")" >>"$checks"
  details=$(report unproven)
  [ "$2" = true ] || fail "$1: $3; nothing of the copy was started"
}
report() {
  json state "$1" id "${id:-}" at "${moment_at:-}" source "=$(told source)" point "$point" image "$image" checks "=[$(paste -sd , "$checks")]" \
    found "=${found:-null}" removed "=${removed:-null}" neutralised "=${neutralised:-[]}" masked "=${masked:-[]}" seconds "=$(since "$whole_began")"
}
left_out() { [[ $(told leaveOut) == *"\"$1\""* ]]; }

# in_odoo NAME COMMAND...: in a container of Odoo's image on the network without a way out; standard input is its.
in_odoo() {
  local name=$1
  shift
  docker rm --force "$name" >/dev/null 2>&1 || true
  docker run --rm --interactive --name "$name" --network $network --cap-drop ALL --security-opt no-new-privileges=true \
    --user 10001 --memory 1g --cpu-shares 256 \
    --volume /etc/odoo-platform/secrets/odoo/odoo.conf:/etc/odoo/odoo.conf:ro --volume /etc/odoo-platform/secrets/odoo/pgpass:/run/secrets/pgpass:ro \
    --volume "$incoming/filestore:/var/lib/odoo" --volume $lib/backups-scan.py:/run/scan.py:ro --volume $lib/backups-credentials.json:/run/credentials.json:ro \
    --env ODOO_RC=/etc/odoo/odoo.conf --env PGPASSFILE=/run/secrets/pgpass --env PGAPPNAME=odoo-clone "$image" "$@"
}
once=(-c /etc/odoo/odoo.conf -d odoo --no-http --workers=0 --max-cron-threads=0 --limit-memory-hard=0 --limit-memory-soft=0 --limit-time-real=0)

neutralise() {
  local said=/run/odoo-platform/clone-neutralise columns spared
  say "Odoo's own neutralisation"
  in_odoo odoo-clone odoo neutralize "${once[@]}" >$said 2>&1 </dev/null || fail "Odoo's own neutralisation failed ($(last_word $said)); nothing of the copy was started"
  say "taking away what it leaves"
  columns=$(rule columns) spared="^($(rule spared)|res_users\\.password)\$"
  # The hash of a password goes by standard input: an argument could be read by others.
  neutralised=$({
    printf "\\\\set admin '%s'\n" "$(told adminHash)"
    cat $lib/backups-neutralise.sql
  } | docker exec --interactive $database psql -XqAt -v ON_ERROR_STOP=1 -v catcher=mail-catcher -v port=1025 -v url="$(told url)" \
    -v keep_passwords="$(told keepPasswords)" -v columns="$columns" -v spared="$spared" -U postgres -d odoo) ||
    fail "the copy could not be neutralised ($(last_word "$log")); nothing of the copy was started"
}
rule() {
  python3 -c 'import json, sys
rule = json.load(open(sys.argv[1]))[sys.argv[2]]
print(rule if isinstance(rule, str) else "|".join(one["of"] for one in rule))' $lib/backups-credentials.json "$1"
}

# scan [remove]
scan() { json allow "=$(told allow)" | in_odoo odoo-clone-scan python3 /run/scan.py /run/credentials.json /var/lib/odoo/filestore/odoo "$@"; }
# part NAME JSON: a value of it.
part() { python3 -c 'import json, sys
value = json.loads(sys.argv[2])[sys.argv[1]]
print(value if isinstance(value, str) else json.dumps(value))' "$1" "$2"; }
found_text() { python3 -c 'import json, sys
told = json.loads(sys.argv[1])
first = [f"{one["table"]}.{one["column"]} of row {one["row"]}: {one["kind"]}" for one in told["findings"][:5]]
print(f"{told["count"]} found, " + "; ".join(first))' "$1"; }

# forget_unnamed_files: what no attachment names any more, for a row that was masked away must not leave its file.
forget_unnamed_files() {
  local files=$incoming/filestore/filestore/odoo
  [ -d "$files" ] || return 0
  comm -13 <(sql "SELECT DISTINCT store_fname FROM ir_attachment WHERE store_fname IS NOT NULL" $database | LC_ALL=C sort) \
    <(cd "$files" && find . -type f -printf '%P\n' | LC_ALL=C sort) | (cd "$files" && xargs -r -d '\n' rm -f)
}

# forget_rows: a row that was changed or deleted stays in its table until that is written anew, and samples of it in the statistics,
# which Odoo's own user may read. The log that comes after has none of it.
forget_rows() {
  sql "SELECT format('VACUUM (FULL) %s;', relid::regclass) FROM pg_stat_user_tables WHERE n_tup_upd + n_tup_del > 0" $database |
    psql_in $database odoo
  sql "ANALYZE" $database
  sql "SELECT pg_switch_wal()" $database >/dev/null
  sql "CHECKPOINT" $database
}

identity_of() { sql "SELECT md5(string_agg(key || value, ' ' ORDER BY key)) FROM ir_config_parameter WHERE key IN ('database.secret', 'database.uuid')" $database; }

# mail_arrives: what was sent has come to the catcher, all of it and each once.
mail_arrives() {
  curl -sS --max-time 10 "http://127.0.0.1:1080/api/email/summary?limit=500" | python3 -c 'import json, sys
wanted = sorted(json.loads(sys.argv[1]))
answer = json.load(sys.stdin)
come = sorted(one.get("subject") or "" for one in answer["items"] if sys.argv[2] in (one.get("subject") or ""))
sys.exit(come != wanted)' "$1" "$2"
}

need_docker
need_volume
clear_clone || true
install -m 0600 /dev/null "$checks"
[ -e /etc/odoo-platform/mail/compose.yaml ] || fail "mail is not caught on this machine, so no clone comes here; set mail.kind to catcher"
running mail-catcher || fail "the mail catcher does not run; see journalctl CONTAINER_NAME=mail-catcher"
! managed || fail "the database is a managed one, which is cloned by its provider"

# Of another stack, out of its bucket: onto the volume, and its database started with the files that its rows name.
bring_point() {
  local others
  say "looking for $point of $(part stack "$(told source)")"
  printf '%s\n%s\n%s\n' "$(told keyId)" "$(told secretKey)" "$(told passphrase)" | make_source "$source_folder" "$(told endpoint)" "$(told region)" "$(told bucket)"
  choose_moment "$source_folder" "$point"
  # Neutralising and masking write rows anew, and what they write is logged.
  room_for $(($(of_moment bytes) * 13 / 10 + $(of_moment files.bytes || echo 0)))
  guard_room
  install -d -m 0700 "$incoming"
  fetch_database "$source_folder" "$incoming"
  put_mark
  moment_at=${reached:-$(of_moment at)}
  note fetched true "$(human "$(of_moment bytes)") by the set $(of_moment set), as of ${moment_at:-the end of its log}" "$began"

  began=$(clock)
  say "starting it without a way out"
  need_closed_network $network
  scratch_postgres $database "$incoming/postgres" $network "${unarchived[@]}" -c fsync=off -c max_logical_replication_workers=0 \
    -c log_min_error_statement=panic
  docker exec $database set-password.sh
  list_files "$incoming/files"
  fetch_files "$source_folder" "$incoming" "$incoming/files"
  check_files "$incoming"
  if [ -s "$incoming/files.bad" ]; then
    mend_wrong "$source_folder" "$incoming" "$incoming/files"
    check_files "$incoming"
  fi
  # Odoo's releases go with the data that they made: it is tried before an hour is spent.
  bring_image "$image" "$(told registryCredentials)"
  others=$(other_modules $database "$image")
  [ -z "$others" ] || fail "the data of $point is of another release than ${image##*/}, which has another ${others//,/, another }; name the release that the source ran then"
}

# Of a file that has come to this machine: its add-ons are updated to the image's.
bring_backup() {
  guard_room
  load_backup $database "$incoming" $network "$image"
  put_mark
  note fetched true "$(human "$(stat -c %s $upload)") of $(part stack "$(told source)")" "$began"

  began=$(clock)
  renew $database "$incoming" $network "$image" "$(told series)"
  list_files "$incoming/files"
  check_files "$incoming"
  need_files "$incoming" "$([ "$(told incomplete)" != true ] || echo yes)" it
}

# From here on it is a clone, wherever it goes.
put_mark() { (umask 077 && echo '{"state":"unproven"}' >"$mark") && chown 10002:10002 "$mark"; }

began=$(clock) check=$database
if [ "$(told file)" = true ]; then bring_backup; else bring_point; fi
python3 $lib/backups-wanted.py strip "$incoming/files" "$incoming/filestore/filestore/odoo"
chown -R 10001:10001 "$incoming/filestore"
note started true "Postgres is up and promoted; $(part files "$filestore") files of attachments, $(part missing "$filestore") missing" "$began"

for other in $(sql "SELECT datname FROM pg_database WHERE datname NOT IN ('odoo', 'postgres', 'template0', 'template1')" $database); do
  sql "DROP DATABASE \"$other\" WITH (FORCE)" $database
done

identity_before=$(identity_of)
began=$(clock)
if left_out neutralise; then
  json name neutralised ok =false detail "left out" seconds =0 >>"$checks"
else
  neutralise
  note neutralised true "$(python3 -c 'import json, sys
done = json.loads(sys.argv[1])
print(f"{sum(int(one["rows"]) for one in done)} rows in {len(done)} places")' "$neutralised")" "$began"
fi

began=$(clock)
if [ "$(told mask)" != '[]' ] && ! left_out neutralise; then
  say "masking $(told mask)"
  masked=$(docker exec --interactive $database psql -XqAt -v ON_ERROR_STOP=1 -v rules="$(told mask)" -U postgres -d odoo <$lib/backups-mask.sql) ||
    fail "the copy could not be masked ($(last_word "$log")); nothing of the copy was started"
fi
note masked true "$(if [ "$(told mask)" = '[]' ]; then echo "nothing is asked for"; else told mask; fi)" "$began"

if ! left_out neutralise; then
  began=$(clock)
  [ "$(identity_of)" != "$identity_before" ] || fail "the copy still has the source's database.secret or uuid; nothing of it was started"
  note identity true "a secret and a uuid of its own" "$began"
  say "taking credentials out of texts and attachments"
  removed=$(scan remove) || fail "the copy could not be looked through ($(last_word "$log")); nothing of the copy was started"
fi

began=$(clock)
say "looking for credentials in all of it"
found=$(scan) || fail "the copy could not be looked through ($(last_word "$log")); nothing of the copy was started"
if [ "$(part clean "$found")" = true ]; then
  note scan true "$(python3 -c 'import json, sys
told = json.loads(sys.argv[1])["scanned"]
print("{tables} tables, {columns} columns, {rows} rows, {files} files, {bytes} bytes: nothing".format(**told))' "$found")" "$began"
else
  note scan false "$(found_text "$found")" "$began"
fi

began=$(clock)
say "trying to get out"
tried=$(try_egress in_odoo odoo-clone python3 -)
note egress "$(python3 -c 'import json, sys
print(json.dumps(not any(one["reached"] for one in json.loads(sys.argv[1]))))' "$tried")" "$(python3 -c 'import json, sys
print("; ".join(f"{one["what"]} ({one["to"]}): " + ("reached" if one["reached"] else one["error"]) for one in json.loads(sys.argv[1])))' "$tried")" "$began"

began=$(clock)
say "sending mail from it"
docker network connect --alias mail-catcher $network mail-catcher
token=clone-$(head -c 6 /dev/urandom | od -An -tx1 | tr -d ' \n')
proof=$({
  printf 'token = "%s"\n' "$token"
  cat $lib/backups-prove.py
} | in_odoo odoo-clone odoo shell "${once[@]}" --log-level=warn | sed -n 's/^.*PROVED //p') || true
[ -n "$proof" ] || fail "Odoo does not start on the copy ($(last_word "$log")); nothing of the copy was started"
[ "$(part failed "$proof")" = '[]' ] || note mail false "not sent: $(part failed "$proof")" "$began"
wait_until 20 mail_arrives "$(part sent "$proof")" "$token" || note mail false "what was sent has not come to the catcher" "$began"
note mail true "$(python3 -c 'import json, sys; print(len(json.loads(sys.argv[1])["sent"]))' "$proof") sent, by each server that the database knows; all in the catcher" "$began"
docker network disconnect --force $network mail-catcher

left_out neutralise && fail "neutralising was left out, so it is no clone"
forget_unnamed_files
rm -f "$incoming"/files "$incoming"/files.*
say "forgetting what stood there before"
forget_rows
docker stop -t 120 $database >/dev/null
docker rm $database >/dev/null
forget_log "$incoming/postgres/$cluster"
id=$(date -u +%Y%m%dT%H%M%SZ)
(umask 077 && report proven >"$mark.new") && chown 10002:10002 "$mark.new" && chmod 0400 "$mark.new"
mv -fT "$mark.new" "$mark"
become_copy clone "$incoming" "$image" "$whole_began"
details=$(report proven)
finish_run
