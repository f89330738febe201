#!/usr/bin/env bash
# Brings a release to production: deploy_do_prod.sh TAG [OPTIONS OF platform deploy]. STACK names another stack.
set -euo pipefail
exec "$(dirname "$(readlink -f "$0")")/../bin/platform" deploy --stack "${STACK:-prod}" --release "${1:?tag of the image to deploy}" "${@:2}"
