#!/usr/bin/env bash
# Gives the role POSTGRES_USER the password that is in POSTGRES_PASSWORD_FILE: at the first start, and again by
# `docker exec postgres set-password.sh` when the file has changed. psql reads the file itself: the password is in no
# argument, no environment and no log.
set -euo pipefail

: "${POSTGRES_USER:?}" "${POSTGRES_PASSWORD_FILE:?}"
psql --username=postgres --dbname=postgres --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --set=role="$POSTGRES_USER" <<'SQL'
\set password `cat "$POSTGRES_PASSWORD_FILE"`
SET log_statement = 'none';
SET log_min_error_statement = 'panic';
SET log_min_duration_statement = -1;
SELECT :'password' = '' AS empty \gset
\if :empty
  \warn 'postgres: the password file is empty or cannot be read; mount one that the container\'s user can read'
  SELECT 1/0;
\endif
ALTER ROLE :"role" PASSWORD :'password';
SQL
