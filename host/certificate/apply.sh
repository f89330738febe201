packages certbot openssl
# The package's own timer looks into /etc/letsencrypt, where there is nothing.
systemctl disable -q --now certbot.timer
systemctl daemon-reload
systemctl enable -q --now odoo-platform-certificate.timer

reason=/run/odoo-platform/certificate.reason
if ! /usr/local/lib/odoo-platform/certificate 2>$reason; then
  cat $reason
  fail "$(tail -n 1 $reason)"
fi
