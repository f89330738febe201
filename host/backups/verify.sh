# shellcheck shell=bash disable=SC2154
# Re-reads what is kept: each week a quarter of the database's sets with their log, and a quarter of the filestore's objects, so
# that four weeks are all of it; the newest restore point each time. Sourced after take.sh.

run_verify() {
  local part labels one bad='' bytes=0 checked=()
  begin_run verify backups
  cleanup+=(clear_scratch end_pgbackrest)
  details='{"part":null,"database":{"bytes":0},"filestore":{"packs":0,"bytes":0},"points":[]}'
  end_pgbackrest
  need_repositories || fail "$foreign"
  # Weeks since 1970, so that no quarter is left out at the turn of a year.
  part=$(($(date +%s) / 604800 % 4 + 1))/4
  [ "${1:-}" != all ] || part=all
  labels=$(decide sets "$part")
  for one in $labels; do
    if managed; then checked+=("$one") && continue; fi
    say "re-reading the database of $one"
    if verify_set "$one"; then checked+=("$one"); else
      note_bad "$one" "$bad_reason"
      bad+="$one does not read as it was written: $bad_reason; "
    fi
  done
  say "re-reading the filestore, $part"
  verify_files "$part" || bad+="the filestore does not read as it was written, and could not be brought again: $bad_files; "
  list_bucket
  details=$(decide verified "$part" "$packs" "$pack_bytes" "${checked[@]}")
  if [ -n "$bad" ]; then
    remember_points
    fail "${bad%; }; take a new one by platform backup now, which builds upon nothing bad"
  fi
  publish verify "$(record_run "$details" '')" >/dev/null || fail "all is well, but the word of it could not be kept ($(why)); run it again"
  remember_points
  finish_run
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
  if mend_files && quietly restic_of $own_source check --no-lock; then
    say "the filestore's backups were damaged ($why_bad), and are whole again: the machine still had every file"
    return 0
  fi
  bad_files=$why_bad
  return 1
}
