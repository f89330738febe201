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
follow_egress
need_proof "$data"
