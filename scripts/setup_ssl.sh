#!/usr/bin/env bash
# Certificates come with the stack and renew themselves: this brings what is declared. STACK names another stack.
set -euo pipefail
exec "$(dirname "$(readlink -f "$0")")/../bin/platform" up --stack "${STACK:-prod}" "$@"
