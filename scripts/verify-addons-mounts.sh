#!/usr/bin/env bash
# Whether what is mounted fits the manifest; with --verbose each mount, on a line.
set -euo pipefail
exec "$(dirname "$(readlink -f "$0")")/../bin/platform" manifest verify "$@"
