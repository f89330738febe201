# shellcheck shell=bash disable=SC2154
# Re-reads what is kept, each week: all of the database and its log, whose checksums pgBackRest knows; and a quarter of the
# filestore's objects, so that four weeks are all of it. Sourced after take.sh.

run_verify() {
  local part bad=''
  begin_run verify backups
  cleanup+=(clear_scratch end_pgbackrest)
  details='{"part":null,"database":{"bytes":0},"filestore":{"packs":0,"bytes":0},"points":[]}'
  end_pgbackrest
  need_repositories || fail "$foreign"
  # Weeks since 1970, so that no quarter is left out at the turn of a year.
  part=$(($(date +%s) / 604800 % 4 + 1))/4
  [ "${1:-}" != all ] || part=all
  if ! managed; then
    say "re-reading the database and its log"
    verify_set '' || judge_sets
  fi
  say "re-reading the filestore, $part"
  verify_files "$part" || bad+="the filestore does not read as it was written, and could not be brought again: $bad_files; "
  list_bucket
  details=$(decide verified "$part" "$packs" "$pack_bytes")
  if [ -n "$bad" ]; then
    remember_points
    fail "${bad%; }; take a new one by platform backup now, which builds upon nothing bad"
  fi
  publish verify "$(record_run "$details" '')" >/dev/null || fail "all is well, but the word of it could not be kept ($(why)); run it again"
  list_bucket
  remember_points
  finish_run
}

# judge_sets: of those that did not read well. Where all are such, it is rather the way than what is kept.
judge_sets() {
  local one doubtful=$bad_labels said_bad=$bad_reason
  if [ -z "$doubtful" ]; then
    verify_set '' || bad+="the database's backups or its log do not read as they were written: $bad_reason; "
    return 0
  fi
  [ "$(wc -l <<<"$doubtful")" -lt "$(decide labels | wc -l)" ] ||
    fail "no set of the database reads as it was written ($said_bad); none is given up by that: see whether the store is well, then run it again, and take a new one by platform backup now --full"
  for one in $doubtful; do
    if surely_bad "$one"; then
      note_bad $bad_labels "$one"
      bad+="$one does not read as it was written: $bad_reason; "
    fi
  done
}

# verify_files PART: by the hashes that are their names, and whether everything is there that a snapshot names.
verify_files() {
  local object why_bad=''
  packs=0 pack_bytes=0 bad_files=
  : >"$scratch/bad"
  bounded=300 quietly all_objects >"$scratch/objects" || fail "the store does not list what is kept ($(why)); it is tried again by itself"
  while IFS= read -r object; do
    # The first letter of the hash says to which quarter it belongs.
    if [ "$1" = all ] || [ $((16#$(basename "$object" | cut -c 1) % 4 + 1)) = "${1%/*}" ]; then check_object "$object" || true; fi
  done <"$scratch/objects"
  if [ -s "$scratch/bad" ]; then
    why_bad="$(wc -l <"$scratch/bad") objects are damaged, $(head -n 1 "$scratch/bad") among them"
  elif ! quietly restic_of $own_source check --no-lock; then
    why_bad=$(why)
  fi
  [ -n "$why_bad" ] || return 0
  if mend_files; then
    say "the filestore's backups were damaged ($why_bad), and are whole again: the machine still had every file"
    return 0
  fi
  bad_files=$why_bad
  return 1
}
