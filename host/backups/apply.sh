# Backups: their tools, places and timers. A bucket that holds those of another database is left as it is, and told.
#
# variables: DRILL, how often a backup is proven by restoring it
. /usr/local/lib/odoo-platform/odoo.sh
. /usr/local/lib/odoo-platform/backups.sh
. /usr/local/lib/odoo-platform/backups-repository.sh
# The last for time zones by their older names ("Asia/Calcutta"), which the settings take and Debian keeps apart.
packages restic curl tzdata-legacy
need_docker
need_volume
install -d -m 0700 "$backups_state" "$kept" /var/cache/odoo-platform/restic
chmod 0700 /etc/odoo-platform/secrets/backups
systemctl daemon-reload

operation=apply
reached=0
need_repositories || reached=$?
clear_scratch
[ "$reached" != 3 ] || say "$foreign"
[ "$reached" = 0 ] || [ "$reached" = 3 ] || exit "$reached"

timers=(odoo-platform-backup.timer odoo-platform-backup-ship.timer odoo-platform-backup-verify.timer)
if [ "$DRILL" = never ]; then
  systemctl disable -q --now odoo-platform-backup-drill.timer 2>/dev/null || true
else
  timers+=(odoo-platform-backup-drill.timer)
fi
systemctl enable -q "${timers[@]}"
# A changed hour counts from now on.
if changed; then systemctl restart "${timers[@]}"; else systemctl start "${timers[@]}"; fi
