# shellcheck shell=bash
# Runs in pgBackRest's container: what is told of a set in the bucket, as a tar to standard output: its list of files and the
# second one, all objects of all sets, and the log that belongs to it by the hashes of names and of contents.
#
#   set-facts.sh LABEL ARCHIVE SEGMENT...
set -eu
label=$1 archive=$2
shift 2
facts=$(mktemp -d)
trap 'rm -rf "$facts"' EXIT
repository() { pgbackrest --stanza=odoo "$@"; }
# Is the list as it was written? pgBackRest knows a checksum of it.
repository info --set="$label" >"$facts/info"
repository repo-get "backup/odoo/$label/backup.manifest" >"$facts/manifest"
repository repo-get "backup/odoo/$label/backup.manifest.copy" >"$facts/manifest.copy"
repository repo-ls --recurse --output=json backup/odoo >"$facts/objects"
: >"$facts/log"
for segment; do
  name=$(repository repo-ls --filter="^$segment-" "archive/odoo/$archive/$(printf %.16s "$segment")" | head -n 1)
  repository archive-get "$segment" "$facts/segment"
  echo "$segment ${name#"$segment-"} $(sha1sum <"$facts/segment")" >>"$facts/log"
  rm "$facts/segment"
done
tar -C "$facts" -cf - .
