# shellcheck shell=sh
echo "this release does not start" >&2
exit 1
