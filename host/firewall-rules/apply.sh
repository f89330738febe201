packages nftables

# Debian's own service flushes everything when it stops, Docker's rules too.
if systemctl is-enabled -q nftables.service 2>/dev/null; then systemctl disable nftables.service; fi

rules=/etc/odoo-platform/firewall-rules/rules.nft
nft -c -f "$rules" || fail "nft refuses $rules, the rules from before stay; see journalctl -t odoo-platform on the machine"
systemctl daemon-reload
systemctl enable odoo-platform-firewall.service
if changed || ! nft list table inet odoo_platform >/dev/null 2>&1; then
  systemctl reload-or-restart odoo-platform-firewall.service
fi

wanted=/etc/systemd/system/timers.target.wants/odoo-platform-mail-relay.timer
if [ -n "$RELAY_HOST" ]; then
  systemctl enable --now odoo-platform-mail-relay.timer
  systemctl start odoo-platform-mail-relay.service ||
    fail "the mail relay $RELAY_HOST has no address; see that its name is right and that the machine resolves names"
elif [ -L "$wanted" ]; then
  # Its files are gone already; what runs and what wants it are not.
  systemctl stop odoo-platform-mail-relay.timer || true
  systemctl reset-failed 'odoo-platform-mail-relay.*' || true
  rm -f "$wanted"
fi
grep -q 'policy drop' <<<"$(nft list chain inet odoo_platform input)" ||
  fail "the firewall's rules are not loaded; see journalctl -u odoo-platform-firewall on the machine"
