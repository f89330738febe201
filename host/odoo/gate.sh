# shellcheck shell=bash
# What a release must show before anybody is sent to it. Sourced after slots.sh and data.sh.

# gate SLOT: fails with the reason.
gate() {
  local reason
  reason=$(gate_reason "127.0.0.1:$(web_port "$1")" "127.0.0.1/$(websocket_port "$1")" "$(domain_of "$(slot_folder "$1")")") ||
    fail "the new release does not pass: $reason; see journalctl -t odoo-web. Its last lines:
$(last_lines "odoo-web-$1")"
}

domain_of() { value ODOO_URL "$1" | sed 's#^https://##'; }

# Asked as nginx would ask. The first page compiles what the ones after find.
asked() { curl -sS --max-time "${2:-60}" -H "Host: $domain" -H 'X-Forwarded-Proto: https' -H "X-Forwarded-Host: $domain" "${@:3}" "$1"; }

# gate_reason HOST:PORT HOST/PORT DOMAIN [CONTAINER]: of the web, of websockets; whose database it is, else what is live.
gate_reason() {
  local web=http://$1 websocket=$2 domain=$3 login asset states status
  status=$(asked "$web/web/health?db_server_status=1" 20 -o /dev/null -w '%{http_code}' 2>&1) || true
  [ "$status" = 200 ] || { echo "/web/health?db_server_status=1 answers $status"; return 1; }
  login=$(asked "$web/web/login" 60 --fail 2>&1) || { echo "/web/login: ${login##*$'\n'}"; return 1; }
  asset=$(grep -oE '/web/assets/[^"]+\.(css|js)' <<<"$login" | head -n 1)
  [ -n "$asset" ] || { echo "/web/login names no asset"; return 1; }
  status=$(asked "$web$asset" 60 -o /dev/null -w '%{http_code}' 2>&1) || true
  [ "$status" = 200 ] || { echo "$asset answers $status"; return 1; }
  # Its process starts after the others and loads everything once more.
  wait_until 60 websocket_opens "$websocket" || { echo "/websocket answers ${status:-nothing}"; return 1; }
  states=$(unfinished_modules "${@:4}") || { echo "the database cannot be asked for its modules"; return 1; }
  [ -z "$states" ] || { echo "modules are unfinished: $states"; return 1; }
}

# By the first line of the answer: what is open after it does not end by itself.
websocket_opens() {
  local line
  line=$(
    exec 5<>"/dev/tcp/$1"
    printf '%s\r\n' 'GET /websocket HTTP/1.1' "Host: $domain" "Origin: https://$domain" 'X-Forwarded-Proto: https' \
      'Connection: Upgrade' 'Upgrade: websocket' 'Sec-WebSocket-Version: 13' \
      "Sec-WebSocket-Key: $(head -c 16 /dev/urandom | base64)" '' >&5
    IFS= read -r -t 5 line <&5 && echo "$line"
  ) || true
  status=$(cut -d ' ' -f 2 <<<"$line")
  [ "$status" = 101 ]
}
