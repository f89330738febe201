#!/usr/bin/env bash
# What has happened on this machine since the last look: nginx's requests, and the containers that serve. Changes nothing.
# `operations/watch/look.ts` sends it to `bash -s` with these set before it:
# - cursor: where the journal was read to; without one since, in seconds since 1970
# - until: the journal's end, for the time before a release; nothing for now
cursor=${cursor:-}
since=${since:-}
until=${until:-}
# More than a busy site has in ten minutes.
lines=${lines:-40000}

slot=$(cat /var/lib/odoo-platform/odoo-slot 2>/dev/null || echo blue)

# "request STATUS MS", and at last "cursor ...". MS is what Odoo took, "-" where nginx answered by itself.
requests() {
  local from=(--since="@$since")
  [ -z "$cursor" ] || from=(--after-cursor="$cursor")
  [ -z "$until" ] || from+=(--until="@$until")
  journalctl --quiet --no-pager --output=cat --show-cursor --lines="$lines" "${from[@]}" SYSLOG_IDENTIFIER=nginx </dev/null |
    awk -F '"' '
      /^-- cursor: / { print "cursor", substr($0, 12); next }
      # log_format plain: address "request" status bytes seconds upstream host "agent"
      NF < 5 || $1 !~ /^[0-9a-fA-F.:]+ $/ { next }
      $4 ~ /^odoo-platform-health/ { next }
      {
        n = split($3, part, " ")
        if (part[1] !~ /^[1-5][0-9][0-9]$/ || part[1] == 101) next
        ms = "-"
        # Several where nginx asked more than one.
        for (i = 4; i < n; i++) if (part[i] ~ /^[0-9]/) ms = (ms == "-" ? 0 : ms) + part[i] * 1000
        # The page for pauses.
        if (part[1] == 503 && ms == "-") next
        print "request", part[1], ms
      }'
}

# "container NAME RESTARTS STATUS KILLS"
containers() {
  local name id restarts status killed kills
  for name in "odoo-web-$slot" "odoo-cron-$slot"; do
    read -r id restarts status killed < <(docker inspect --type container \
      --format '{{.Id}} {{.RestartCount}} {{.State.Status}} {{.State.OOMKilled}}' "$name" 2>/dev/null) ||
      { echo "container $name 0 gone 0" && continue; }
    kills=$(awk '$1 == "oom_kill" {print $2}' "/sys/fs/cgroup/system.slice/docker-$id.scope/memory.events" 2>/dev/null)
    [ "$killed" != true ] || [ "${kills:-0}" != 0 ] || kills=1
    echo "container $name $restarts $status ${kills:-0}"
  done
}

requests
[ -n "$until" ] || containers
# When this slot began to serve, and what time it is here.
echo "time $(stat --format=%Y /var/lib/odoo-platform/odoo-slot 2>/dev/null || echo 0) $(date +%s)"
