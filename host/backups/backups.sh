# shellcheck shell=bash disable=SC2154
# What every script about backups stands on. Sourced after host/preamble.sh and odoo.sh.
#
# A *source* is a folder that tells where a stack's backups are, and how they are read:
#   .env                         BACKUP_ENDPOINT, BACKUP_REGION, BACKUP_BUCKET, RESTIC_REPOSITORY
#   pgbackrest/pgbackrest.conf   for pgBackRest, of the containers' user 10002
#   passphrase, credentials      for restic; the second as AWS' tools know it

own_source=/etc/odoo-platform/secrets/backups
backups_settings=/etc/odoo-platform/backups # its .env; `value NAME $backups_settings` reads it
backups_state=$state/backups
kept=$data/filestore-kept
stanza=odoo

# begin_run OPERATION CONCERN [LOCK]: as the preamble's `begin`, with a lock of its own: no deploy waits for a backup. How it
# ended stands in $backups_state/OPERATION.json. What a killed run has started holds its lock until that has ended too.
begin_run() {
  operation=$1 concern=$2 details='{}' started=$(utc)
  exec 3>&1 4>&2 </dev/null
  install -d -m 0700 /run/odoo-platform "$backups_state"
  exec 8>>"/run/lock/odoo-platform-${3:-$concern}.lock"
  if ! flock -w "${PLATFORM_LOCK_SECONDS:-0}" 8; then
    echo "$concern: another run is at it ($(cat "/run/odoo-platform/${3:-$concern}.holder" 2>/dev/null || echo unnamed)); wait for it, then run this again" >&4
    exit 75 # EX_TEMPFAIL: operations/backups/ tells it from a failure
  fi
  echo "$operation, process $$, since $started" >"/run/odoo-platform/${3:-$concern}.holder"
  log=/run/odoo-platform/backup-$operation.log
  rm -f "$log.reason" "$log.first"
  exec >"$log" 2>&1
  trap 'broken_run $?' ERR
  trap 'ended_run $?' EXIT
  trap 'stop_run' TERM INT
}

# The reason is kept for whoever asks later. What ended a run from beside it, in $log.first, comes before what then did not work.
fail() {
  local reason=$1
  [ ! -s "$log.first" ] || reason=$(cat "$log.first")
  printf %s "$reason" >"$log.reason"
  say "$reason"
  exit "$refused"
}

stop_run() {
  trap '' TERM INT
  printf %s interrupted >"$log.reason"
  exit "$refused"
}

broken_run() {
  local status=$1 line=${BASH_LINENO[-1]}
  trap - ERR
  if [ "$status" = "$refused" ] || [ "$BASH_SUBSHELL" -gt 0 ]; then exit "$status"; fi
  [ ! -s "$log.first" ] || cp "$log.first" "$log.reason"
  [ -e "$log.reason" ] ||
    printf 'it stopped at line %s with status %s (%s); see journalctl -t odoo-platform on the machine, then run it again' \
      "$line" "$status" "$(last_word "$log")" >"$log.reason"
  say "$(cat "$log.reason")"
  exit "$status"
}

# What has to go when a run ends, however it does; a script adds to it: cleanup+=(function).
cleanup=()

ended_run() {
  local status=$1 one reason=''
  trap - ERR EXIT
  trap '' TERM INT
  set +e
  for one in "${cleanup[@]}"; do "$one"; done
  if [ "$status" != 0 ]; then
    reason=$(cat "$log.reason" 2>/dev/null)
    answer "$(record_run "$details" "${reason:-it ended with status $status; see journalctl -t odoo-platform on the machine}")"
  fi
  sed "s/^/$concern: /" "$log" | logger -t odoo-platform
  rm -f "$log.reason" "$log.first"
  [ "$status" = 0 ] || exit 1
  exit 0
}

# finish_run: it is done; $details (JSON) is what it answers beside when and whether.
finish_run() {
  answer "$(record_run "$details" '')"
  exit 0
}

# record_run DETAILS REASON: one line of JSON, kept whole or not at all. A reason says that it went wrong.
record_run() {
  python3 - "$backups_state/$operation.json" "$operation" "$started" "$(utc)" "$1" "$2" <<'PYTHON'
import json, os, sys
path, operation, started, ended, details, reason = sys.argv[1:]
try:
    with open(path) as file: last = json.load(file).get("lastOkAt")
except (OSError, ValueError): last = None
run = {"operation": operation, "startedAt": started, "endedAt": ended, "ok": not reason, "reason": reason or None,
       "lastOkAt": last if reason else ended, **json.loads(details)}
text = json.dumps(run, separators=(",", ":"))
with open(path + ".new", "w") as file:
    file.write(text + "\n")
    file.flush()
    os.fsync(file.fileno())
os.replace(path + ".new", path)
print(text)
PYTHON
}

utc() { date -u +%Y-%m-%dT%H:%M:%SZ; }

# last_word FILE: the last line that says something.
last_word() { grep -vE '^[[:space:]]*$' "$1" | tail -n 1 | cut -c -300 | tr -d '\r' || true; }

# json NAME VALUE...: an object of texts; a VALUE that begins with "=" is JSON already.
json() {
  python3 -c 'import json, sys
pairs = sys.argv[1:]
print(json.dumps({k: json.loads(v[1:]) if v.startswith("=") else v for k, v in zip(pairs[::2], pairs[1::2])}, separators=(",", ":")))' "$@"
}

# Idle beside what serves; empty for what people wait for.
patient=(nice -n 19 ionice -c 3)

# restic_of SOURCE ARGUMENT...: restic at that source's repository, in a slice of its own, idle beside what serves. With
# $bounded it has so many seconds; restic tries for a quarter of an hour what a store answers with an error.
restic_of() {
  local source=$1
  shift
  RESTIC_REPOSITORY=$(value RESTIC_REPOSITORY "$source") RESTIC_PASSWORD_FILE=$source/passphrase \
    AWS_SHARED_CREDENTIALS_FILE=$source/credentials AWS_DEFAULT_REGION=$(value BACKUP_REGION "$source") \
    RESTIC_CACHE_DIR=/var/cache/odoo-platform/restic GOGC=20 GOMAXPROCS=2 \
    systemd-run --quiet --scope --collect --slice=odoo-platform-backups.slice ${bounded:+timeout "$bounded"} \
    "${patient[@]}" restic --option s3.bucket-lookup=path --option s3.connections=8 --retry-lock 2m "$@"
}

postgres_image() { docker inspect --format '{{.Config.Image}}' postgres; }

# pgbackrest_of SOURCE FOLDER ARGUMENT...: pgBackRest in a container of its own, with FOLDER (on the machine) as
# /var/lib/postgresql/data, or none ("-"), or the live one with its socket ("live"). Named odoo-backup-$operation.
pgbackrest_of() { beside_pgbackrest "$1" "$2" pgbackrest --stanza=$stanza "${@:3}"; }

# beside_pgbackrest SOURCE FOLDER COMMAND...: another command in such a container.
beside_pgbackrest() {
  local source=$1 folder=$2 mounts network
  shift 2
  case $folder in
    live) mounts=(--volumes-from postgres) ;;
    -) mounts=() ;;
    *) mounts=(--volume "$folder:/var/lib/postgresql/data") ;;
  esac
  # Where a clone's way out is shut, the host's own stays open, and that of two addresses (host/odoo/egress.sh).
  network=(--network odoo-platform --mac-address 02:6f:64:6f:6f:06)
  [ "$folder" = live ] || network=(--network host)
  [ "$folder" = live ] || mounts+=(--volume "$source/pgbackrest:/etc/pgbackrest:ro" --volume /etc/ssl/certs:/etc/ssl/certs:ro)
  # Its own bounds, so that Odoo and Postgres keep theirs; idle beside them. What it says is the caller's, and may be a manifest's key.
  ${bounded:+timeout "$bounded"} docker run --rm --log-driver none --name "odoo-backup-$operation" "${network[@]}" --cap-drop ALL --security-opt no-new-privileges=true \
    --cpu-shares 32 --memory "${BACKUP_MEMORY_MB:-256}m" --user postgres "${mounts[@]}" --entrypoint env "$(postgres_image)" \
    "${patient[@]}" "$@"
}
end_pgbackrest() { docker rm --force "odoo-backup-$operation" >/dev/null 2>&1 || true; }

managed() { [ "$(value DATABASE $backups_settings)" = managed ]; }

# identity: which database this is: the cluster's own number, which a restore keeps and a new cluster does not have.
identity() {
  if ! managed; then
    od -An -t u8 -N 8 "$data/postgres/$cluster/global/pg_control" | tr -d ' '
  else
    psql_managed odoo <<<"SELECT value FROM ir_config_parameter WHERE key = 'database.uuid'"
  fi
}

# snapshots_of SOURCE: all that restic keeps there, as its JSON: files (tag files), restore points, drills, verifications.
snapshots_of() { restic_of "$1" snapshots --no-lock --json; }

# database_sets_of SOURCE: what pgBackRest keeps there, as its JSON; "[]" at a managed database.
database_sets_of() {
  if [ -e "$1/pgbackrest/pgbackrest.conf" ]; then pgbackrest_of "$1" - info --output=json; else echo '[]'; fi
}

# points_of SOURCE: {"points":[…newest first],"span":…,"stored":…,"checkedAt":…}; backups-points.py tells the form.
points_of() {
  local scratch
  scratch=$(mktemp -d /run/odoo-platform/points.XXXXXX)
  snapshots_of "$1" >"$scratch/snapshots"
  database_sets_of "$1" >"$scratch/sets"
  python3 "$lib/backups-points.py" list "$scratch/snapshots" "$scratch/sets"
  rm -rf "$scratch"
}

# publish TAG JSON [TAG...]: a word about the backups, kept beside them, so that a new machine knows it: restore-point, drill,
# verify, bad. The JSON stands in a tag too, so that one list tells all. Prints restic's summary.
publish() {
  local tag=$1 text=$2 one tags=()
  shift 2
  for one; do tags+=(--tag "$one"); done
  restic_of "$own_source" backup --json --quiet --host odoo --stdin --stdin-filename "$tag.json" --tag "$tag" "${tags[@]}" \
    --tag "about=$(base64 -w0 <<<"$text")" <<<"$text" | tail -n 1
}

# make_source FOLDER ENDPOINT REGION BUCKET: another stack's, as our own is. Standard input, a line each: key id, secret key,
# passphrase.
make_source() {
  local folder=$1 endpoint=$2 region=$3 bucket=$4 id secret passphrase
  IFS= read -r id && IFS= read -r secret && IFS= read -r passphrase
  install -d -m 0700 "$folder"
  install -d -m 0700 -o 10002 -g 10002 "$folder/pgbackrest"
  printf 'BACKUP_ENDPOINT=%s\nBACKUP_REGION=%s\nBACKUP_BUCKET=%s\nRESTIC_REPOSITORY=s3:https://%s/%s/filestore\n' \
    "$endpoint" "$region" "$bucket" "$endpoint" "$bucket" >"$folder/.env"
  printf '[default]\naws_access_key_id=%s\naws_secret_access_key=%s\n' "$id" "$secret" >"$folder/credentials"
  printf %s "$passphrase" >"$folder/passphrase"
  ENDPOINT=$endpoint REGION=$region BUCKET=$bucket ID=$id SECRET=$secret PASSPHRASE=$passphrase \
    awk -F= 'BEGIN {
        new["repo1-s3-endpoint"] = ENVIRON["ENDPOINT"]; new["repo1-s3-region"] = ENVIRON["REGION"]
        new["repo1-s3-bucket"] = ENVIRON["BUCKET"]; new["repo1-s3-key"] = ENVIRON["ID"]
        new["repo1-s3-key-secret"] = ENVIRON["SECRET"]; new["repo1-cipher-pass"] = ENVIRON["PASSPHRASE"]
      }
      $1 in new { print $1 "=" new[$1]; next } { print }' "$own_source/pgbackrest/pgbackrest.conf" >"$folder/pgbackrest/pgbackrest.conf"
  chown 10002:10002 "$folder/pgbackrest/pgbackrest.conf"
  chmod 0400 "$folder/pgbackrest/pgbackrest.conf" "$folder/credentials" "$folder/passphrase"
}
