#!/usr/bin/env bash
# Goes back to what a commit, or an update, had deployed: rollback_to_sha.sh SHA [OPTIONS OF platform rollback].
set -euo pipefail
exec "$(dirname "$(readlink -f "$0")")/../bin/platform" rollback --stack "${STACK:-prod}" --to "${1:?SHA or number of the update to go back to}" "${@:2}"
