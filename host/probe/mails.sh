#!/usr/bin/env bash
# All mails that the catcher keeps, as JSON. `operations/mail/catcher.ts` sends it.
exec curl --silent --show-error --fail --max-time 10 http://127.0.0.1:1080/email </dev/null
