#!/usr/bin/env bash
# Writes images/n8n/package-lock.json anew, after a change of package.json.
set -euo pipefail
cd "$(dirname "$0")"

# Digests, not addresses, as in the checkout's own lock file.
npm install --package-lock-only --ignore-scripts --omit-lockfile-registry-resolved --no-audit --no-fund
# npm takes some of the binaries for other systems for extraneous, and npm ci then refuses to pass them by.
sed -i 's/"extraneous": true/"optional": true/' package-lock.json
