# shellcheck shell=bash disable=SC1091,SC2034,SC2154
# What a restore brings, without its checks and without the swap: until the database is up and the files are there.
#
#   fetch.sh TO [delta]      delta: with what is live as its base
set -euo pipefail
lib=/usr/local/lib/odoo-platform
. $lib/preamble.sh
. $lib/odoo.sh
. $lib/backups.sh
. $lib/backups-repository.sh
. $lib/backups-files.sh
. $lib/backups-fetch.sh
. $lib/backups-check.sh

fetching=$data/bench-fetch
begin_run bench bench
forget() {
  clear_fetch
  clear_scratch
  rm -f "$backups_state/bench.json"
}
cleanup+=(forget)
choose_moment "$own_source" "$1"
if [ -n "${2:-}" ]; then
  install -d -m 0700 "$fetching"
  install -d -m 0700 -o 10002 -g 10002 "$fetching/postgres"
  reflink "$data/postgres/$cluster" "$fetching/postgres/$cluster"
fi
fetch_database "$own_source" "$fetching" "${2:-}"
start_check "$fetching"
list_files "$fetching/files"
fetch_files "$own_source" "$fetching" "$fetching/files" ${2:+"$kept"}
details=$(json database "$(of_moment bytes)" files "$(wc -l <"$fetching/files")")
finish_run
