#!/usr/bin/env bash
# shellcheck disable=SC1091,SC1090,SC2034,SC2154 # what is there on the machine, and what the preamble sets
# Before Docker starts: it begins again what ran, and that may be a clone. systemd runs it; where it fails, Docker does not start.
# It does not wait for the machine: a run that holds it may be what restarts Docker.
set -euo pipefail
lib=/usr/local/lib/odoo-platform
. $lib/preamble.sh
concern=odoo-egress
exec 3>&1 4>&2
for part in containers odoo-slots odoo-data odoo-egress; do . "$lib/$part.sh"; done
# In the middle of a swap nobody knows yet whose data will be live: odoo-settle.sh does, and opens.
if [ -e "$data/underway" ]; then shut_egress; else follow_egress; fi
need_proof "$data"
