# shellcheck shell=bash disable=SC2154
# Whether sets of the database are what was written. Sourced after repository.sh.

# note_bad LABEL...: they never count, whoever looks.
note_bad() {
  local one
  for one in $(printf '%s\n' "$@" | sort -u); do publish bad "$(json label "$one" reason "${bad_reason:-pages are damaged}" at "$(utc)")" >/dev/null || true; done
}

# surely_bad LABEL: whether it reads wrong twice, while other things read well: a way that damages all is no reason to judge.
surely_bad() {
  if verify_set "$1" || verify_set "$1"; then return 1; fi
  need_true_way
}

need_true_way() {
  local packs=0 pack_bytes=0 object
  : >"$scratch/bad.control"
  touch $backups_state/read
  while IFS= read -r object; do
    check_object "$object" "$scratch/bad.control" || fail "the store gives back damaged data, of all that is asked for ($object); nothing is judged or mended by it, and it is tried again by itself"
  done < <(grep -vxFf <(cat "$scratch/bad" 2>/dev/null; echo none) $backups_state/read | shuf -n 3)
}

# verify_set LABEL: every file of a set, of those that it builds upon and of the log that belongs to it, against the checksums of
# when they were made; of all sets where LABEL is empty. $bad_labels are those that do not read well, a line each.
verify_set() {
  local text status=0
  text=$(quietly pgbackrest_of $own_source - verify ${1:+--set="$1"} --process-max=4 --output=text --verbose) || status=$?
  # It ends with 0 whatever it finds.
  bad_labels=''
  if [ "$status" != 0 ]; then bad_reason=$(why); return 1; fi
  bad_reason=$(awk '{
      if ($1 == "backup:" || $1 == "archiveId:") name = $2
      if ($1 == "missing:") { gsub(/^ +/, ""); if ($0 ~ /[1-9]/) out = out (out == "" ? "" : "; ") name " " $0 }
    } END { print substr(out, 1, 300) }' <<<"$text")
  bad_labels=$(sed -n 's/^ *backup: \([^,]*\), status: invalid.*/\1/p' <<<"$text")
  if [ -z "$bad_reason" ] && grep -q 'status: ok' <<<"$text"; then return 0; fi
  echo "$text"
  : "${bad_reason:=$(last_word <(echo "$text"))}"
  return 1
}

# read_set LABEL: every object that this set has written, the log that belongs to it, and that what it builds upon is there.
read_set() {
  local facts=$scratch/facts belongs
  bad_reason=''
  rm -rf "$facts"
  install -d -m 0700 "$facts"
  mapfile -t belongs < <(python3 $lib/backups-set.py log "$scratch/sets" "$1")
  if ! quietly beside_pgbackrest $own_source live sh -c "$(cat $lib/backups-set-facts.sh)" set-facts.sh "$1" "${belongs[@]}" | tar -C "$facts" -xf -; then
    bad_reason=$(why)
    return 1
  fi
  if quietly python3 $lib/backups-set.py objects "$facts" "$1" >"$facts/own" && read_objects "$1"; then return 0; fi
  bad_reason=$(last_word "$said")
  return 1
}
read_objects() {
  local object
  while IFS= read -r object; do
    fetch_object "database/$object" | quietly python3 $lib/backups-set.py check "$facts" "$1" "$object" || return 1
  done <"$facts/own"
}
