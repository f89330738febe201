#!/usr/bin/env bash
# The newest mails that the catcher keeps, without bodies, as JSON. `operations/mail/catcher.ts` sends it, with this set before it:
most=${most:-100}

exec curl --silent --show-error --fail --max-time 10 "http://127.0.0.1:1080/api/email/summary?limit=$most" </dev/null
