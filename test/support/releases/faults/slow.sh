# shellcheck shell=sh
sleep 15
