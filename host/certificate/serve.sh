#!/bin/bash
# Has nginx serve the certificate on the data volume, and sees that it does. certbot runs it after each renewal, and
# host/certificate/certificate.sh after everything: hooks do not run for a first certificate, or for one that was there.
set -euo pipefail

live=/mnt/odoo-data/letsencrypt/live/odoo
tls=/etc/odoo-platform/nginx/tls
read -ra names <<<"$(sed -n 's/^names //p' /etc/odoo-platform/certificate/settings)"

if [ "$(readlink $tls/current)" != $live ]; then
  install -d -m 0700 $tls
  ln -sfnT $live $tls/new
  mv -T $tls/new $tls/current
fi

ours=$(openssl x509 -in $live/cert.pem -noout -fingerprint -sha256)
served() {
  openssl s_client -connect 127.0.0.1:443 -servername "$1" </dev/null 2>/dev/null | openssl x509 -noout -fingerprint -sha256 2>/dev/null
}
all_served() {
  local name
  for name in "${names[@]}"; do [ "$(served "$name")" = "$ours" ] || return 1; done
}

all_served && exit 0
systemctl reload nginx
for _ in {1..40}; do
  all_served && exit 0
  sleep 0.25
done
echo "nginx does not serve the certificate of /mnt/odoo-data/letsencrypt/live/odoo; see journalctl -t nginx, then run it again" >&2
exit 1
