# The configuration arrives as a candidate. Only one that nginx accepts becomes the current one, by switching a link, so
# that a fault leaves what serves alone, also over a reboot. A change is a reload: no request fails.
#
# variables: NGINX_NAMES, the names that it answers to, with spaces between
folder=/etc/odoo-platform/nginx
# Installing it would start it, by a configuration that is not there yet. In /run, so that no reboot finds it masked.
if ! installed nginx; then systemctl mask -q --runtime nginx.service; fi
packages nginx openssl
systemctl unmask -q --runtime nginx.service

# Until there is a certificate, connections are closed with one that nobody trusts.
if [ ! -e $folder/tls/current/fullchain.pem ]; then
  install -d -m 0700 $folder/tls $folder/tls/placeholder
  alternative=$(printf 'DNS:%s,' $NGINX_NAMES)
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj '/CN=placeholder' \
    -addext "subjectAltName=${alternative%,}" \
    -keyout $folder/tls/placeholder/privkey.pem -out $folder/tls/placeholder/fullchain.pem
  ln -sfnT placeholder $folder/tls/new
  mv -T $folder/tls/new $folder/tls/current
fi

install -d -m 0755 /var/www/acme /var/cache/nginx
install -d -m 0700 -o www-data -g root /var/cache/nginx/odoo

digest=$(cd $folder/candidate && sha256sum -- * | sha256sum | cut -c -16)
next=$folder/conf-$digest
current=$(readlink $folder/current || true)
if [ "$current" != "conf-$digest" ]; then
  rm -rf "$next.new"
  cp -a $folder/candidate "$next.new"
  if ! nginx -t -q -c "$next.new/nginx.conf"; then
    fault=$(nginx -t -q -c "$next.new/nginx.conf" 2>&1 | grep -m 1 -F '[emerg]' | sed "s#.*\[emerg\] [0-9#]*: ##; s#$next.new/##" || true)
    rm -rf "$next.new"
    fail "it refuses the new configuration (${fault:-no reason given}) and goes on with the old one; correct the file under host/nginx/, then run it again"
  fi
  rm -rf "$next"
  mv -T "$next.new" "$next"
  ln -sfnT "conf-$digest" $folder/new
  mv -T $folder/new $folder/current
fi

# The first time nginx runs with the package's configuration, which no reload replaces.
serves_ours() {
  systemctl is-active -q nginx && tr '\0' ' ' <"/proc/$(cat /run/nginx.pid)/cmdline" | grep -qF "$folder/current/nginx.conf"
}
# What nginx can check alone may still not fit what runs, such as another size for a shared zone: then the old workers stay.
reloaded() {
  local before
  before=$(pgrep -P "$(cat /run/nginx.pid)" | sort)
  systemctl reload nginx
  wait_until 10 has_new_worker "$before"
}
has_new_worker() {
  [ -n "$(comm -13 <(echo "$1") <(pgrep -P "$(cat /run/nginx.pid)" | sort))" ]
}

systemctl daemon-reload
systemctl enable -q nginx
if ! serves_ours || ! reloaded; then
  systemctl restart nginx || fail "it does not start ($(journalctl -u nginx -n 5 --no-pager -o cat | grep -F '[emerg]' | tail -n 1)); is port 80 or 443 taken by another program?"
fi

# Old ones go only now that nothing reads them any more.
for old in "$folder"/conf-*; do
  [ "$old" = "$next" ] || rm -rf "$old"
done

answers() {
  [ "$(curl -sS -o /dev/null -w '%{http_code}' --max-time 5 --resolve "${NGINX_NAMES%% *}:80:127.0.0.1" "http://${NGINX_NAMES%% *}/")" = 301 ]
}
wait_until 15 answers || fail "it runs, and does not answer on port 80; see journalctl -t nginx"
