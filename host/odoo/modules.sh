# shellcheck shell=bash disable=SC2154
# Which modules a release updates, and the update: rehearsed on a copy, then done in a pause. Sourced after gate.sh.

lib=/usr/local/lib/odoo-platform
rehearsal=$data/rehearsal
# What was under way in a pause; on the volume, with the data that it is about. "KIND ID FROM TO [WISH]".
underway=$data/underway

# lock_of IMAGE: hashes of the add-ons that standard input names.
lock_of() {
  local names key cache
  names=$(cat)
  # An image by digest is what it is.
  key=$(printf '%s\n%s' "$1" "$names" | sha256sum | cut -c -32)
  cache=$state/addons/$key
  if [[ $1 == *@sha256:* && -s $cache ]]; then cat "$cache"; return; fi
  install -d -m 0700 "$state/addons"
  addons_of "$1" <<<"$names" >"$cache.new" 2>"$cache.missing" || {
    local status=$? said
    said=$(cat "$cache.missing")
    rm -f "$cache.new" "$cache.missing"
    [ "$status" != 3 ] || fail "the image lacks add-ons that are installed: $said; put them back into it, or uninstall them in Odoo first"
    fail "the add-ons of $1 cannot be read ($(tail -n 1 <<<"$said" | cut -c -300))"
  }
  rm -f "$cache.missing"
  mv -fT "$cache.new" "$cache"
  cat "$cache"
}

# addons_of IMAGE [versions]: asks odoo-addons.py in a container of it.
addons_of() {
  docker run --rm --interactive --network none --cap-drop ALL --user 10001 --entrypoint python3 \
    --volume $lib/odoo-addons.py:/run/addons.py:ro --volume /etc/odoo-platform/secrets/odoo/odoo.conf:/etc/odoo/odoo.conf:ro \
    "$1" /run/addons.py "${@:2}"
}

# other_versions IMAGE [CONTAINER]: of the modules that standard input names, those that the image has in another version than the
# database: "older|newer NAME ITS-VERSION THE-DATABASE'S", a line each.
other_versions() {
  local versions installed
  versions=$(addons_of "$1" versions)
  installed=$(sql "SELECT json_object_agg(name, latest_version) FROM ir_module_module WHERE state IN ('installed', 'to upgrade')" "${2:-}")
  python3 -c 'import json, re, sys
new, now = map(json.loads, sys.argv[1:])
# As Odoo does: a version without the series gets it (odoo/modules/module.py, adapt_version).
def parts(text, series):
    text = text if text.startswith(series + ".") or text == series else f"{series}.{text}"
    return [int(one) for one in re.findall("[0-9]+", text)]
for name, version in new.items():
    have = now.get(name) or "0"
    series = ".".join(have.split(".")[:2])
    its, data = parts(version, series), parts(have, series)
    if its != data: print("older" if its < data else "newer", name, version, have)' "$versions" "$installed"
}

# older_modules IMAGE [CONTAINER]: of those that standard input names, what the image has in an older version, a line each.
older_modules() { other_versions "$@" | sed -n 's/^older \(.*\) \(.*\) \(.*\)$/\1 (\2, the database has \3)/p'; }

# need_no_older IMAGE MODULES: Odoo updates forward only.
need_no_older() {
  local older
  older=$(tr , '\n' <<<"$2" | older_modules "$1")
  [ -z "$older" ] || fail "the image has older modules than the database: $(paste -sd, <<<"$older"); Odoo updates forward only, so go back with the data, or bring a newer image"
}

# Each of what is live, or of a copy that runs in a container.
installed_modules() { sql "SELECT name FROM ir_module_module WHERE state IN ('installed', 'to upgrade') ORDER BY name" "$@"; }
unfinished_modules() { sql "SELECT string_agg(name || ' ' || state, ', ') FROM ir_module_module WHERE state IN ('to install', 'to upgrade', 'to remove')" "$@"; }
# What the database was last updated with; it goes where the data goes.
recorded_lock() {
  local lock
  lock=$(sql "SELECT value FROM ir_config_parameter WHERE key = 'odoo_platform.addons'" "$@")
  echo "${lock:-{\}}"
}

# The same, and of modules that were installed by hand since: they are as what serves has them.
known_lock() {
  local known serving missing
  known=$(recorded_lock)
  serving=$(serving_slot)
  missing=$(installed_modules | python3 -c 'import json, sys
known = json.loads(sys.argv[1])
print(*[name for name in sys.stdin.read().split() if name not in known], sep="\n")' "$known")
  if [ -z "$missing" ] || [ -z "$serving" ]; then echo "$known"; return; fi
  # What serves may have gone from this disk; then it cannot be told.
  local image
  image=$(value ODOO_IMAGE "$(slot_folder "$serving")")
  if ! docker image inspect "$image" >/dev/null 2>&1; then echo "$known"; return; fi
  python3 -c 'import json, sys
print(json.dumps(json.loads(sys.argv[1]) | json.loads(sys.argv[2])))' "$(lock_of "$image" <<<"$missing")" "$known"
}

# changed_modules KNOWN NEW: names, with commas between.
changed_modules() {
  python3 -c 'import json, sys
known, new = map(json.loads, sys.argv[1:])
print(",".join(sorted(name for name in new if known.get(name, new[name]) != new[name])))' "$1" "$2"
}

# other_modules CONTAINER IMAGE: those by which an image differs from the data that run there, with commas between. What was
# installed by hand since the data were last updated has no hash there, and goes by its version.
other_modules() {
  local known lock by_hand
  known=$(recorded_lock "$1")
  lock=$(installed_modules "$1" | lock_of "$2") || return
  by_hand=$(python3 -c 'import json, sys
known, lock = map(json.loads, sys.argv[1:])
print(*[name for name in lock if name not in known], sep="\n")' "$known" "$lock")
  {
    changed_modules "$known" "$lock" | tr , '\n'
    [ -z "$by_hand" ] || other_versions "$2" "$1" <<<"$by_hand" | cut -d ' ' -f 2
  } | grep . | sort | paste -sd, || true
}

# compare_with IMAGE: its add-ons in $lock, and in $modules those that bringing it would update.
compare_with() {
  local known
  lock=$(installed_modules | lock_of "$1")
  known=$(known_lock)
  modules=$(changed_modules "$known" "$lock")
}

# "a,b" as ["a","b"].
names_json() { echo "[$(sed -E 's/[^,]+/"&"/g' <<<"$1")]"; }

# write_lock LOCK [CONTAINER]
write_lock() {
  sql "INSERT INTO ir_config_parameter (key, value, create_date, write_date)
    VALUES ('odoo_platform.addons', '$1', now() AT TIME ZONE 'utc', now() AT TIME ZONE 'utc')
    ON CONFLICT (key) DO UPDATE SET value = excluded.value, write_date = excluded.write_date
    WHERE ir_config_parameter.value <> excluded.value" "${2:-}"
}

# update_modules NAME NETWORK FILESTORE IMAGE MODULES SECONDS [NEW]: by Odoo itself, once; NEW are installed. With $update_options for
# the container.
update_options=()
update_modules() {
  local said=/run/odoo-platform/$1.log status=0
  docker rm --force "$1" >/dev/null 2>&1 || true
  # In the foreground: whoever ends the run ends it too.
  timeout --foreground --kill-after=30 "$6" docker run --rm --name "$1" --network "$2" "${update_options[@]}" --cap-drop ALL --security-opt no-new-privileges=true \
    --volume /etc/odoo-platform/secrets/odoo/odoo.conf:/etc/odoo/odoo.conf:ro \
    --volume /etc/odoo-platform/secrets/odoo/pgpass:/run/secrets/pgpass:ro --volume "$3:/var/lib/odoo" \
    --env ODOO_RC=/etc/odoo/odoo.conf --env PGPASSFILE=/run/secrets/pgpass --env PGAPPNAME=odoo-update \
    "$4" odoo -c /etc/odoo/odoo.conf -d odoo -u "$5" ${7:+-i "$7"} --stop-after-init --no-http --workers=0 --max-cron-threads=0 \
    --limit-time-real=0 --limit-memory-hard=0 --limit-memory-soft=0 >"$said" 2>&1 || status=$?
  cat "$said"
  [ "$status" != 0 ] || return 0
  docker rm --force "$1" >/dev/null 2>&1 || true
  if [ "$status" = 124 ]; then why="took longer than $6 s"; else why=$(why_update_failed "$said"); fi
  return 1
}

# "release_probe: ValueError: …", of Odoo's log.
why_update_failed() {
  local module fault
  module=$(grep -oE 'Loading module [a-z0-9_]+' "$1" | tail -n 1 | cut -d ' ' -f 3)
  # A module that cannot even be read has not begun to load.
  module=$(grep -oE "(Couldn't load module|module) '?[a-z0-9_]+'?( failed to load|: )" "$1" | grep -oE "[a-z0-9_]+'? ?(failed|:)" | head -n 1 | grep -oE '^[a-z0-9_]+' || echo "$module")
  fault=$(grep -E '^[A-Za-z_.]+(Error|Exception|Warning|Violation)\b' "$1" | tail -n 1 | cut -c -300)
  echo "${module:-an add-on}: ${fault:-$(tail -n 1 "$1" | cut -c -300)}"
}

# rehearse IMAGE MODULES: on a copy of the live data, without a way out. What serves is not touched.
rehearse() {
  local began left guard why=''
  began=$(clock)
  if [ "$(cat "$state/rehearsed" 2>/dev/null | cut -d ' ' -f 1,2)" = "$1 $2" ] &&
    [ -n "$(find "$state/rehearsed" -mmin -15)" ]; then
    rehearsal_seconds=$(cut -d ' ' -f 3 "$state/rehearsed")
    say "rehearsed minutes ago in $rehearsal_seconds s"
    return
  fi
  on_droplet || { say "a managed database is not copied by reflinks: the update of $2 is not rehearsed"; return; }
  say "rehearsing the update of $2 on a copy"
  clear_rehearsal
  copy_data $rehearsal
  need_closed_network odoo-rehearsal
  # Nothing of it is kept, so nothing of it has to reach the disk.
  scratch_postgres odoo-rehearsal-postgres $rehearsal/postgres odoo-rehearsal -c fsync=off -c full_page_writes=off
  keep_room >/dev/null 2>&1 9>&- &
  guard=$!
  if ! update_modules odoo-rehearsal odoo-rehearsal $rehearsal/filestore "$1" "$2" 1800; then
    [ ! -e $full ] || why="it would have filled the volume, which what serves lives on; raise host.volumeGb"
    kill "$guard" 2>/dev/null || true
    clear_rehearsal
    fail "the rehearsal of the update failed, so nothing was touched; $why"
  fi
  kill "$guard" 2>/dev/null || true
  left=$(unfinished_modules odoo-rehearsal-postgres)
  clear_rehearsal
  [ -z "$left" ] || fail "the rehearsal of the update left modules unfinished, so nothing was touched; $left"
  rehearsal_seconds=$(since "$began")
  echo "$1 $2 $rehearsal_seconds" >"$state/rehearsed"
  say "the rehearsal passed in $rehearsal_seconds s"
}

# keep_room: ends the rehearsal before it fills the volume. A live database that finds no room stops.
full=/run/odoo-platform/rehearsal-full
keep_room() {
  trap - ERR EXIT TERM
  rm -f $full
  while sleep 1 && kill -0 $$; do
    [ "$(df --output=avail --block-size=1M $data | tail -n 1)" -lt 256 ] || continue
    : >$full
    docker rm --force odoo-rehearsal odoo-rehearsal-postgres
    return
  done
}

clear_rehearsal() {
  docker rm --force odoo-rehearsal odoo-rehearsal-postgres >/dev/null 2>&1 || true
  rm -rf $rehearsal
}
