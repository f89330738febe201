packages unattended-upgrades logrotate ca-certificates

# SSH by key only.
drop_in=/etc/ssh/sshd_config.d/00-odoo-platform.conf
if ! sshd -t; then
  rm -f "$drop_in"
  fail "sshd refuses $drop_in, which is gone again; see journalctl -t odoo-platform on the machine"
fi
if changed "$drop_in"; then systemctl reload ssh.service; fi
effective=$(sshd -T)
for line in "passwordauthentication no" "kbdinteractiveauthentication no" "permitrootlogin without-password" \
  "authenticationmethods publickey" "allowtcpforwarding local" "hostkeyalgorithms ssh-ed25519"; do
  grep -qx "$line" <<<"$effective" ||
    fail "sshd's \"${line%% *}\" is not \"${line#* }\"; something in /etc/ssh/sshd_config.d or sshd_config comes before $drop_in"
done

# Security updates by themselves.
systemctl enable --now apt-daily.timer apt-daily-upgrade.timer
grep -q '^Unattended-Upgrade::Origins-Pattern:: .*-security,label=Debian-Security' <<<"$(apt-config dump)" ||
  fail "unattended-upgrades does not know Debian's security updates; see apt-config dump on the machine"

# Time. A container has the clock of its machine; the unit knows that by itself.
ln -sf /usr/share/zoneinfo/Etc/UTC /etc/localtime
echo Etc/UTC >/etc/timezone
if ! installed chrony && ! installed ntpsec; then
  packages systemd-timesyncd
  systemctl enable systemd-timesyncd.service
  systemctl start systemd-timesyncd.service
fi

# Logs within bounds.
if changed /etc/systemd/journald.conf.d/odoo-platform.conf; then
  install -d -m 2755 -g systemd-journal /var/log/journal
  systemctl restart systemd-journald.service
  journalctl --flush
fi
systemctl enable --now logrotate.timer

# Swap.
systemctl daemon-reload
if systemd-detect-virt -q --container; then
  echo "no swap of its own: a container has that of the machine it runs on"
else
  if [ "$(stat -c %s /swapfile 2>/dev/null || echo 0)" != $((SWAP_MB * 1024 * 1024)) ]; then
    if systemctl is-active -q swapfile.swap; then systemctl stop swapfile.swap; fi
    rm -f /swapfile /swapfile.new
    fallocate -l "${SWAP_MB}M" /swapfile.new
    mkswap /swapfile.new
    mv /swapfile.new /swapfile
  fi
  systemctl enable --now swapfile.swap
fi
