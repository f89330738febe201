#!/usr/bin/env bash
# The last 100 mails of staging: caught, none has left. STACK names another stack.
set -euo pipefail
exec "$(dirname "$(readlink -f "$0")")/../../bin/platform" mail list --stack "${STACK:-staging}" "$@"
