#!/usr/bin/env bash
# Whether the manifest of OCA repositories and modules is in order; each finding with its fix.
set -euo pipefail
exec "$(dirname "$(readlink -f "$0")")/../bin/platform" manifest verify "$@"
