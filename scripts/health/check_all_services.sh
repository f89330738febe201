#!/usr/bin/env bash
# Every service of a stack: state, figure, limit, since when. STACK names another stack than production.
set -euo pipefail
exec "$(dirname "$(readlink -f "$0")")/../../bin/platform" health --stack "${STACK:-prod}" "$@"
