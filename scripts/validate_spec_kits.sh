#!/usr/bin/env bash
# Whether each spec kit has its pages, and each task its status.
set -euo pipefail
exec "$(dirname "$(readlink -f "$0")")/../bin/platform" spec verify "$@"
