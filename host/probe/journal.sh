#!/usr/bin/env bash
# The last entries of the journal as JSON, one a line. `operations/logs/journal.ts` sends it, with these set before it:
tail=${tail:-100}
# "FIELD=value + FIELD=value": any of them.
matches=("${matches[@]:?}")

exec journalctl --quiet --no-pager --all --output=json --lines="$tail" \
  --output-fields=MESSAGE,PRIORITY,CONTAINER_NAME,SYSLOG_IDENTIFIER,_SYSTEMD_UNIT "${matches[@]}" </dev/null
