# shellcheck shell=bash disable=SC2154
# The two repositories in the bucket: there, ours, and of this database. Sourced after backups.sh.

said=/run/odoo-platform/backup-$$.said
scratch=/run/odoo-platform/backup-$$
clear_scratch() { rm -rf "$said" "$scratch"; }

# quietly COMMAND...: its stderr in $said and in the log; its status is the command's.
quietly() {
  local status=0
  "$@" 2>"$said" || status=$?
  cat "$said" >&2
  return "$status"
}

# why: what a tool said last, as a person may read it; the store's refusals by what they mean.
why() {
  local line
  line=$(grep -E 'ERROR: \[|exit_error|^Fatal:|^Error|error:|unable to|denied' "$said" | tail -n 1 |
    sed -E 's/^.*(ERROR: \[[0-9]+\]: |Fatal: )//; s/^.*"message":"//; s/\\n.*|"\}$//' | cut -c -300) || true
  [ -n "$line" ] || line=$(last_word "$said")
  case $(cat "$said") in
    *AccessDenied* | *"403 (Forbidden)"* | *InvalidAccessKeyId* | *SignatureDoesNotMatch* | *"Access Denied"*)
      echo "the store refuses the key: $line" ;;
    *RequestTimeTooSkewed*) echo "the machine's clock is wrong: $line" ;;
    *) echo "${line:-it did not come to an end in time}" ;;
  esac
}

# What is decided by age must not be decided by a clock that jumped. The store has one of its own.
need_true_clock() {
  local theirs apart
  theirs=$(curl --silent --show-error --head --max-time 30 "https://$(value BACKUP_ENDPOINT $own_source)/" 2>"$said" | tr -d '\r' | sed -n 's/^[Dd]ate: //p')
  [ -n "$theirs" ] || fail "the store at $(value BACKUP_ENDPOINT $own_source) does not answer ($(last_word "$said")); it is tried again by itself"
  apart=$(($(date +%s) - $(date -d "$theirs" +%s)))
  [ "${apart#-}" -lt 300 ] || fail "the machine's clock is $apart s away from the store's, so no age can be trusted; see timedatectl on the machine"
}

# need_repositories [new-database]: made where there are none. A database that is another than the one whose backups are there
# gets no place among them: a new machine that began empty would push the good ones out.
need_repositories() {
  local new=${1:-} me theirs
  me=$(identity)
  [ -n "$me" ] || fail "there is no database to back up yet; let platform up make it"
  install -d -m 0700 "$scratch"
  list_snapshots "$new"
  theirs=$(newest_of <"$scratch/snapshots")
  if [ -n "$theirs" ] && [ "$theirs" != "$me" ] && [ "$new" != new-database ]; then
    rm -f $backups_state/admitted
    return 3
  fi
  managed || need_stanza "$me" "$new" || return $?
  echo "$me" >$backups_state/admitted.new
  mv -fT $backups_state/admitted.new $backups_state/admitted
}

# What is there, in $scratch/snapshots and $scratch/sets; both repositories are made where there are none, and never were: what
# somebody has deleted can be brought back, but for what is built beside it.
list_snapshots() {
  local status=0
  bounded=180 quietly snapshots_of $own_source >"$scratch/snapshots" || status=$?
  case $status in
    0) return ;;
    10) ;;
    12) fail "the passphrase is not the one that the backups were made with; put the old backupPassphrase back, or begin in another bucket" ;;
    *) fail "the backups of the filestore cannot be listed ($(why)); it is tried again by itself" ;;
  esac
  list_sets
  if [ "${1:-}" != new-database ] && { [ -e $backups_state/admitted ] || grep -q '"label"' "$scratch/sets"; }; then
    fail "the backups of the filestore are gone from the bucket: bring them back by \"platform backup undelete --to TIME\", or begin anew by \"platform backup now --new-database\""
  fi
  bounded=180 quietly restic_of $own_source init >/dev/null || fail "the repository for files cannot be made ($(why)); run it again"
  echo '[]' >"$scratch/snapshots"
}
list_sets() {
  if managed; then
    echo '[]' >"$scratch/sets"
    return
  fi
  bounded=180 quietly pgbackrest_of $own_source - info --output=json >"$scratch/sets" || fail "the backups of the database cannot be listed ($(why)); it is tried again by itself"
}

# Of which database the newest files are.
newest_of() {
  python3 -c 'import json, sys
files = sorted((one for one in json.load(sys.stdin) or [] if "files" in (one.get("tags") or [])), key=lambda one: one["time"])
print(next((tag[3:] for tag in files[-1]["tags"] if tag.startswith("of=")), "") if files else "")'
}

need_stanza() {
  local theirs
  list_sets
  theirs=$(python3 -c 'import json, sys
stanzas = json.load(open(sys.argv[1]))
stanza = stanzas[0] if stanzas else {}
code = (stanza.get("status") or {}).get("code", 1)
# 1 to 3: no stanza, no backups, neither.
if code not in (0, 1, 2, 3): sys.exit(stanza["status"].get("message", "unknown"))
print((stanza.get("db") or [{}])[-1].get("system-id", ""))' "$scratch/sets" 2>"$said") || fail "the backups of the database cannot be read ($(last_word "$said")); see that backupPassphrase is the one they were made with"
  if [ -z "$theirs" ]; then
    quietly pgbackrest_of $own_source live stanza-create || fail "the repository for the database cannot be made ($(why)); run it again"
  elif [ "$theirs" != "$1" ]; then
    [ "$2" = new-database ] || return 3
    quietly pgbackrest_of $own_source live stanza-upgrade || fail "the repository does not take the new database ($(why)); run it again"
  fi
}

foreign="the bucket holds backups of another database than this machine's: bring it back by \"platform restore\", or begin anew beside it by \"platform backup now --new-database\""

# all_objects: what restic has written of files and their places. The name of each is the SHA-256 of what it holds.
all_objects() {
  restic_of $own_source list --no-lock packs | sed 's#^\(..\)#data/\1/\1#' || return
  restic_of $own_source list --no-lock index | sed 's#^#index/#'
}

# check_object OBJECT [LIST]: byte by byte; $packs and $pack_bytes count what was well. A way that damages something once is asked again.
check_object() {
  local sum code bytes
  for _ in 1 2; do
    echo 000 0 >"$scratch/answer"
    sum=$(fetch_object "filestore/$1" | sha256sum | cut -c -64)
    read -r code bytes <"$scratch/answer"
    if [ "$sum" = "$(basename "$1")" ]; then
      packs=$((packs + 1)) pack_bytes=$((pack_bytes + bytes))
      return
    fi
    # A store that is down is no damage.
    [[ $code =~ ^(200|404)$ ]] || fail "the store does not answer ($code); it is tried again by itself"
    echo "$1 is not what was written, but $sum, $bytes bytes"
  done
  echo "$1" >>"${2:-$scratch/bad}"
  return 1
}

# What a killed run has left locked; never what is at work.
unlock_files() { bounded=180 quietly restic_of $own_source unlock --quiet || true; }

# read_back: all that was never read back.
read_back() {
  local object
  packs=0 pack_bytes=0
  bounded=300 quietly all_objects >"$scratch/objects" || fail "the store does not list what was written ($(why)); it is tried again by itself"
  sort -o "$scratch/objects" "$scratch/objects"
  touch $backups_state/read
  # Only what still is there is remembered.
  sort $backups_state/read | comm -12 - "$scratch/objects" >"$scratch/read"
  : >"$scratch/bad"
  while IFS= read -r object; do
    if check_object "$object"; then echo "$object" >>"$scratch/read"; fi
  done < <(comm -23 "$scratch/objects" "$scratch/read")
  sort "$scratch/read" >$backups_state/read.new
  mv -fT $backups_state/read.new $backups_state/read
  [ ! -s "$scratch/bad" ]
}

# mend_files: what is damaged of the filestore's backups is brought again, for the machine still has every file. 1 if it cannot.
mend_files() {
  local damaged older
  need_true_way
  say "bringing the damaged parts of the filestore again"
  unlock_files
  mapfile -t damaged < <(sed -n 's#^data/../##p' "$scratch/bad")
  (
    # It keeps a copy of each there, and /run is memory.
    rm -rf $data/mend
    install -d -m 0700 $data/mend
    cd $data/mend
    [ ${#damaged[@]} = 0 ] || restic_of $own_source repair packs "${damaged[@]}" || true
    restic_of $own_source repair index
  ) || return 1
  rm -rf $data/mend
  take_files
  if quietly restic_of $own_source check --no-lock; then return 0; fi
  # Older snapshots name what is lost. The new one has every file that they had.
  list_snapshots
  mapfile -t older < <(python3 -c 'import json, sys
files = sorted((one for one in json.load(sys.stdin) if "files" in one["tags"]), key=lambda one: one["time"])
print(*[one["id"] for one in files if one["id"] != sys.argv[1] and "of=" + sys.argv[2] in one["tags"]], sep="\n")' \
    "$(field snapshot_id <<<"$shipped")" "$(identity)" <"$scratch/snapshots")
  [ -z "${older[*]}" ] || quietly restic_of $own_source forget --quiet "${older[@]}" || return 1
  quietly restic_of $own_source repair snapshots --tag files --forget >/dev/null || return 1
  quietly restic_of $own_source check --no-lock
}

# fetch_object KEY: from our bucket to stdout; its status and size are in $scratch/answer. The key goes by standard input.
fetch_object() {
  local id secret
  id=$(sed -n 's/^aws_access_key_id=//p' $own_source/credentials)
  secret=$(sed -n 's/^aws_secret_access_key=//p' $own_source/credentials)
  curl --config - --silent --show-error --fail --retry 4 --retry-all-errors --max-time 300 \
    --write-out "%output{$scratch/answer}%{http_code} %{size_download}\n" --aws-sigv4 "aws:amz:$(value BACKUP_REGION $own_source):s3" \
    "https://$(value BACKUP_ENDPOINT $own_source)/$(value BACKUP_BUCKET $own_source)/$1" <<<"user = \"$id:$secret\"" || true
}
