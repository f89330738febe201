# shellcheck shell=bash disable=SC2154
# A copy of the database that becomes live goes on under a number of its own, a timeline
# (https://www.postgresql.org/docs/17/continuous-archiving.html#BACKUP-TIMELINES). Else the log that it writes would have the
# names of another one that is in the archive already, which then takes no more. Sourced after data.sh.

# Of each database that was ever on the volume, by its own number: where each of its timelines began. Postgres looks at them for
# the next free one.
timelines=$data/postgres/timelines
# The same folder as its container sees it.
timelines_inside=/var/lib/postgresql/data/timelines

# system_of CLUSTER: a database's own number, which all copies of it share.
system_of() { od -An -t u8 -N 8 "$1/global/pg_control" | tr -d ' '; }

# keep_timelines CLUSTER...
keep_timelines() {
  local one system files
  for one; do
    [ -f "$one/global/pg_control" ] || continue
    system=$(system_of "$one")
    install -d -m 0700 -o 10002 -g 10002 "$timelines" "$timelines/$system"
    mapfile -t files < <(find "$one/pg_wal" -maxdepth 1 -name '*.history')
    [ ${#files[@]} = 0 ] || cp -p --update=none -t "$timelines/$system" "${files[@]}"
  done
}

# new_timeline FOLDER: the cluster in it takes the next number when it starts. It replays its own log, and no other.
new_timeline() {
  local settings=$1/$cluster/postgresql.auto.conf signal=$1/$cluster/recovery.signal inside
  keep_timelines "$1/$cluster" "$data"/{postgres,incoming/postgres}/"$cluster" "$data"/failed/"$cluster".* "$copies"/*/postgres/"$cluster"
  if [ "$1" != "$data/postgres" ]; then
    rm -rf "${1:?}/timelines"
    cp -a "$timelines" "$1/timelines"
  fi
  inside=$timelines_inside/$(system_of "$1/$cluster")
  {
    grep -vE '^(restore_command|recovery_target|hot_standby)' "$settings" || true
    # Nobody is let in before it can be written to.
    printf "restore_command = 'test -f %s/%%f && cp %s/%%f %%p'\nrecovery_target_timeline = 'current'\nhot_standby = 'off'\n" "$inside" "$inside"
  } >"$settings.new"
  : >"$signal"
  chown 10002:10002 "$settings.new" "$signal"
  chmod 0600 "$settings.new" "$signal"
  mv -fT "$settings.new" "$settings"
}

# Settings of a copy that is to become live: what it writes before that waits for the archive. "on" would not do: while it
# recovers, Postgres then takes whatever is there for archived, and removes it.
unarchived=(-c archive_mode=always -c archive_command=)

# forget_pushes CLUSTER: while it recovers under "always", Postgres notes each history that it reads to be archived once more
# (KeepFileRestoredFromArchive). In the bucket, when a history was written is when its timeline began.
forget_pushes() {
  local one
  for one in "$1"/pg_wal/archive_status/*.history.done; do rm -f "${one%.done}.ready"; done
}

# promote FOLDER: has the cluster in it take its new timeline, where the live Postgres is what starts it next.
promote() {
  need_closed_network odoo-rehearsal
  scratch_postgres odoo-incoming-postgres "$1" odoo-rehearsal "${unarchived[@]}"
  docker stop -t 120 odoo-incoming-postgres >/dev/null
  docker rm odoo-incoming-postgres >/dev/null
  forget_pushes "$1/$cluster"
}
