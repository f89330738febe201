#!/usr/bin/env bash
# Runs a step's script as GitHub's runners do, without a terminal: act gives every step one, and programs would ask and draw.
# The last argument is the script; those before it are bash's own.
set -uo pipefail
bash "$@" </dev/null 2>&1 | cat
exit "${PIPESTATUS[0]}"
