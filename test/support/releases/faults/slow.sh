# shellcheck shell=sh
sleep 30
