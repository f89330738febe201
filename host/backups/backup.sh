#!/usr/bin/env bash
# shellcheck disable=SC1091,SC2154 # what is there on the machine, and what the preamble sets
# Backups of database and filestore as one restore point.
#
#   odoo-backup.sh now [--full] [--new-database]   takes one, reads all of it back, and only then says that it is one
#   odoo-backup.sh nightly                         the same, when the last one is older than four hours
#   odoo-backup.sh ship                            what is new in the filestore; Postgres ships its own log
#   odoo-backup.sh verify [all]                    re-reads a part of what is kept; four in a row are all of it
#   odoo-backup.sh list                            asks the bucket
#
# Answers one line of JSON, which also is /var/lib/odoo-platform/backups/VERB.json.
set -euo pipefail
lib=/usr/local/lib/odoo-platform
. $lib/preamble.sh
. $lib/odoo.sh
. $lib/backups.sh
. $lib/backups-repository.sh
. $lib/backups-files.sh
. $lib/backups-sets.sh
. $lib/backups-take.sh
. $lib/backups-verify.sh

case ${1:-} in
  now | nightly | ship | verify | list) verb=$1 && shift && "run_$verb" "$@" ;;
  *) echo "odoo-backup.sh now [--full] [--new-database] | ship | verify [all] | list" >&2 && exit 2 ;;
esac
