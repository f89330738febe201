packages xfsprogs e2fsprogs
data=/mnt/odoo-data
unit='mnt-odoo\x2ddata.mount'

wait_until 120 test -b "$DEVICE" ||
  fail "the volume $DEVICE did not appear in 120 s; see that it is attached to this droplet, then run it again"
kind=$(blkid -p -o value -s TYPE "$DEVICE" || true)
[ "$kind" = xfs ] ||
  fail "the volume $DEVICE holds ${kind:-no file system}, not XFS; nothing was changed on it, make one with mkfs.xfs -m reflink=1 if it is empty"

# What is written before the volume is there would be hidden by it, and look lost.
if ! mountpoint -q "$data"; then
  install -d -m 0755 "$data"
  [ -z "$(ls -A "$data")" ] || fail "$data holds files and no volume is mounted there; move them away, then run it again"
  chattr +i "$data" || echo "this file system cannot guard the empty folder"
fi
systemctl daemon-reload
systemctl enable "$unit"
systemctl start "$unit" || fail "the volume could not be mounted; see journalctl -u '$unit' on the machine"

# A volume that grew: first the kernel has to see it.
rescan=/sys/class/block/$(basename "$(readlink -f "$DEVICE")")/device/rescan
if [ -w "$rescan" ]; then echo 1 >"$rescan" || true; fi
xfs_growfs -d "$data"

folder() { install -d -m "$2" -o "$3" -g "$3" "$data/$1"; }
folder filestore 0750 10001
folder postgres 0700 10002
folder mail-catcher 0700 10003
folder n8n 0700 10004
folder letsencrypt 0700 root

if ! mountpoint -q "$data" || [ "$(findmnt -n -o FSTYPE "$data")" != xfs ]; then
  fail "$data is not the volume; see findmnt on the machine"
fi
