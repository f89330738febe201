#!/bin/sh
# Makes any base with Odoo the same to the outside: user odoo is 10001, the owner of the filestore on the host, and tini is there.
set -eu

id=10001

if ! command -v tini >/dev/null; then
  apt-get update
  DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends tini
  rm -rf /var/lib/apt/lists/*
fi

old_user=$(id -u odoo 2>/dev/null || true)
old_group=$(getent group odoo | cut -d: -f3)
if [ -z "$old_group" ]; then groupadd --system --gid "$id" odoo; else groupmod --gid "$id" odoo; fi
if [ -z "$old_user" ]; then
  useradd --system --uid "$id" --gid odoo --home-dir /var/lib/odoo --shell /usr/sbin/nologin odoo
else
  usermod --uid "$id" --gid "$id" --home /var/lib/odoo odoo
fi
if [ -n "$old_user" ]; then find / -xdev -uid "$old_user" -exec chown --no-dereference "$id" {} +; fi
if [ -n "$old_group" ]; then find / -xdev -gid "$old_group" -exec chgrp --no-dereference "$id" {} +; fi

# Add-ons are the image's, not the program's to change.
rm -rf /mnt/extra-addons
install -d -m 0755 -o root -g root /mnt/extra-addons /etc/odoo
install -d -m 0750 -o odoo -g odoo /var/lib/odoo
# Not the base's own settings: the build writes ours.
rm -f /etc/odoo/odoo.conf
