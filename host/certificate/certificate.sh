#!/bin/bash
# Has a certificate for the platform's names on the data volume, and has nginx serve it. Run by the platform and twice a
# day by a timer; it asks for a new one when there is none, when names or server changed, and when a third of its life
# is left (certbot's own rule: half of it below ten days).
#
# What it does goes to stdout, why it could not to stderr: one line, fault and way out.
set -euo pipefail
export LC_ALL=C.UTF-8
# certbot brings its own list of authorities; this is the machine's.
export REQUESTS_CA_BUNDLE=/etc/ssl/certs/ca-certificates.crt

store=/mnt/odoo-data/letsencrypt
live=$store/live/odoo
conf=/etc/odoo-platform/certificate/settings
logs=/var/log/letsencrypt

declare -A settings
while read -r key value; do settings[$key]=$value; done <$conf
read -ra names <<<"${settings[names]}"
directory=${settings[directory]}

give_up() {
  echo "$1" >&2
  exit 1
}

# Names in the certificate, in order.
certified_names() {
  openssl x509 -in $live/cert.pem -noout -ext subjectAltName | grep -oP 'DNS:\K[^, ]+' | sort | paste -sd' '
}

# Why the one that is there will not do; nothing when it will.
reason() {
  [ -e $live/fullchain.pem ] || { echo none; return; }
  [ "$(certified_names)" = "$(printf '%s\n' "${names[@]}" | sort | paste -sd' ')" ] || { echo names; return; }
  grep -qxF "server = $directory" $store/renewal/odoo.conf || { echo server; return; }
}

addresses_of() {
  getent ahostsv4 "$1" | cut -d' ' -f1 | sort -u | paste -sd' '
}

wait_for_names() {
  local name found end=$((SECONDS + settings[wait]))
  for name in "${names[@]}"; do
    until found=$(addresses_of "$name") && [[ " $found " == *" ${settings[address]} "* ]]; do
      [ "$SECONDS" -lt "$end" ] || give_up "$name leads to ${found:-no address}, not to ${settings[address]}; see that its zone is delegated to the name servers that hold the record, then run it again"
      sleep 3
    done
  done
}

# ask [ARGUMENT...]: certbot, with what it says kept for `fault`.
ask() {
  local name domains=()
  for name in "${names[@]}"; do domains+=(-d "$name"); done
  # Debian's certbot adds to one log for ever.
  before=$(stat -c %s $logs/letsencrypt.log 2>/dev/null || echo 0)
  certbot certonly --non-interactive --agree-tos --no-eff-email -m "${settings[contact]}" \
    --server "$directory" --cert-name odoo "${domains[@]}" --renew-with-new-domains \
    --webroot -w /var/www/acme --key-type ecdsa --elliptic-curve secp256r1 \
    --config-dir $store --work-dir /var/lib/letsencrypt --logs-dir $logs \
    --deploy-hook /usr/local/lib/odoo-platform/serve-certificate "$@" >"$said" 2>&1
}

# What the server named as its reason, and what certbot said of it.
error_kind() { tail -c "+$((before + 1))" $logs/letsencrypt.log | grep -oP 'urn:ietf:params:acme:error:\K\w+' | tail -n 1; }
fault() {
  local line
  line=$(sed -n 's/^ *Detail: //p' "$said" | tail -n 1)
  [ -n "$line" ] || line=$(grep -A 1 -F 'An unexpected error occurred:' "$said" | tail -n 1)
  [ -n "$line" ] || line=$(grep -vE '^ *$|^Ask for help|logfile' "$said" | tail -n 1)
  cut -c -300 <<<"$line"
}

issue() {
  local attempt=1 most kind known=yes pause
  until ask "$@"; do
    kind=$(error_kind || true)
    echo "attempt $attempt: ${kind:-no answer}: $(fault)"
    pause=$((5 * attempt))
    case $kind in
      accountDoesNotExist)
        # The server forgot who we are; the account is made again.
        if [ $known = yes ]; then
          known=no
          rm -rf "${store:?}/accounts/$(sed -E 's#^https?://([^/]+)/.*#\1#' <<<"$directory")"
          continue
        fi
        most=1
        ;;
      rateLimited) most=1 ;;
      # Nothing is wrong and nothing is counted: some servers refuse a part of them on purpose, so that clients try again.
      badNonce) most=20 pause=1 ;;
      # Let's Encrypt allows five of these an hour for each name.
      unauthorized | connection | dns | caa | tls | incorrectResponse | rejectedIdentifier) most=3 ;;
      *) most=5 ;;
    esac
    if [ "$attempt" -ge "$most" ]; then
      case $kind in
        rateLimited) give_up "the authority gives no more for now ($(fault)); wait as long as it says, what serves stays" ;;
        unauthorized | connection | dns | incorrectResponse) give_up "the authority could not see the names' proof on port 80 ($(fault)); see that ${names[*]} (each of them) can be reached on port 80 from everywhere, then run it again" ;;
        *) give_up "$directory gave no certificate after $attempt attempts (${kind:-no answer}: $(fault)); see $logs/letsencrypt.log, then run it again" ;;
      esac
    fi
    sleep "$pause"
    attempt=$((attempt + 1))
  done
}

exec 8>>/run/lock/odoo-platform-certificate.lock
flock -w 600 8 || give_up "another run has been at it for ten minutes; wait for it, then run it again"
mountpoint -q /mnt/odoo-data || give_up "the data volume is not mounted at /mnt/odoo-data; mount it, then run it again"
install -d -m 0700 $store
said=$(mktemp /run/odoo-platform-certbot.XXXXXX)
trap 'rm -f "$said"' EXIT

why=$(reason)
case $why in
  "") issue --keep-until-expiring ;;
  none | names) wait_for_names && issue --keep-until-expiring ;;
  *) wait_for_names && issue --force-renewal ;;
esac
/usr/local/lib/odoo-platform/serve-certificate
