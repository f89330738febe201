# Reached with the lasting host key, which is thereby known to those who need it: the one-time key, which user data and
# state hold, is worth nothing from here on.
keys=/etc/odoo-platform/host-key

/usr/local/lib/odoo-platform/host-key-turns confirm
systemctl disable --now odoo-platform-host-key.service
wait_until 8 /usr/local/lib/odoo-platform/host-key-turns serves lasting ||
  fail "sshd does not serve the lasting host key; see journalctl -u ssh on the machine"
rm -f "$keys/one-time"
