#!/usr/bin/env bash
# Builds and pushes images, and says on standard output what was pushed:
#
#   images/build.sh REGISTRY REPOSITORY TAG [TARGET...]
#   {"odoo":{"name":"registry.example.com/acme/odoo:2026.11.1","digest":"sha256:..."}}
#
# Without targets it is bake's default group. ODOO_BASE, DEBIAN_BASE, CA_FILE and the rest of images/docker-bake.hcl come from the environment. Needs
# Docker with buildx, logged in to the registry, and python3. Progress goes to standard error.
set -euo pipefail

if [ $# -lt 3 ]; then
  echo "usage: $0 REGISTRY REPOSITORY TAG [TARGET...]" >&2
  exit 2
fi
export REGISTRY=$1 REPOSITORY=$2 TAG=$3
shift 3

cd "$(dirname "$0")/.."
# Where what is built is a commit, and nothing else.
if [ -z "${REVISION+set}" ] && [ -z "$(git status --porcelain 2>&1)" ]; then REVISION=$(git rev-parse HEAD); fi
export REVISION=${REVISION:-}
metadata=$(mktemp)
trap 'rm -f "$metadata"' EXIT
docker buildx bake --file images/docker-bake.hcl --progress=plain --push --metadata-file "$metadata" "$@" >&2

python3 - "$metadata" <<'END'
import json, sys

targets = json.load(open(sys.argv[1]))
pushed = {
    target: {"name": said["image.name"], "digest": said["containerimage.digest"]}
    for target, said in targets.items()
    if isinstance(said, dict) and "containerimage.digest" in said
}
print(json.dumps(pushed))
END
