#!/usr/bin/env bash
# Whether production is well, part by part. STACK names another stack.
set -euo pipefail
exec "$(dirname "$(readlink -f "$0")")/../bin/platform" health --stack "${STACK:-prod}" "$@"
