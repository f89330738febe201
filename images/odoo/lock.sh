#!/usr/bin/env bash
# Pins what the add-ons need of Python, with hashes: images/odoo/lock.sh [--upgrade]. Needs uv (pip install uv).
# What Odoo itself needs is left out: the base has it, in the versions that Odoo was tried with.
set -euo pipefail
cd "$(dirname "$0")/../.."

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cp config/addons_manifest.oca_ipai.json addons.manifest.json "$folder"
{
  python3 images/odoo/addons.py requirements --manifests "$folder"
  echo packaging # Odoo reads requirements with it, such as a2wsgi>=1.10.6
} >"$folder/requirements.in"

of_base=(certifi charset-normalizer idna lxml requests urllib3 xlrd xlsxwriter)
UV_CUSTOM_COMPILE_COMMAND='images/odoo/lock.sh' uv pip compile --quiet --universal --python-version 3.12 \
  --no-annotate --generate-hashes "${of_base[@]/#/--no-emit-package=}" "$@" \
  --output-file images/odoo/requirements.txt "$folder/requirements.in" >/dev/null
