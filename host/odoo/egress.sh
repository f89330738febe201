# shellcheck shell=bash disable=SC2154
# Data that is a clone of another stack's is marked in its cluster's folder, so that the mark goes wherever the data goes: into
# copies, backups and back. Where such data is live, no container has a way out but Postgres' to its archive. Sourced after data.sh.

clone_mark=odoo-platform-clone.json
egress_rules=/var/lib/odoo-platform/egress/clone.nft

# is_clone FOLDER: one that has postgres/ and filestore/ in it. "$data" is what is live.
is_clone() { [ -e "$1/postgres/$cluster/$clone_mark" ]; }

# need_proof FOLDER: fails where it is a clone that has not been proven, or whose proof is of another copy.
need_proof() {
  local reason
  if ! is_clone "$1"; then
    grep -qs '"kind":"clone"' "$1/copy.json" || return 0
    fail "the copy $(basename "$1") is a clone without its mark, so nobody knows what is in it; clone again"
  fi
  reason=$(proof_fault "$1/postgres/$cluster/$clone_mark") || fail "the clone is not proven ($reason), so it does not start; clone again"
  [ ! -e /etc/odoo-platform/mail/compose.yaml ] || return 0
  fail "mail is not caught on this machine, so no clone starts here; set mail.kind to catcher"
}

proof_fault() {
  python3 -c 'import json, sys
needed = {"neutralised", "masked", "identity", "scan", "egress", "mail"}
try: proof = json.load(open(sys.argv[1]))
except ValueError: print("it cannot be read"); sys.exit(1)
checks = {one["name"]: one["ok"] for one in proof.get("checks", [])}
fault = "it was not finished" if proof.get("state") != "proven" else ", ".join(sorted(name for name in needed if checks.get(name) is not True))
if fault: print(fault); sys.exit(1)' "$1"
}

# follow_egress: shut where the live data is a clone, else as the settings have it.
follow_egress() { if is_clone "$data"; then shut_egress; else open_egress; fi; }

shut_egress() {
  install -d -m 0700 "$(dirname $egress_rules)"
  cat >$egress_rules.new <<'RULES'
# Postgres ships its archive; its address changes, this does not (host/postgres/compose.yaml).
ether saddr & ff:ff:ff:ff:ff:f0 == 02:6f:64:6f:6f:00 meta l4proto { tcp, udp } th dport { 53, 443 } return
iifname "br-odoo" oifname "br-odoo" return
iifname { "docker0", "br-*" } counter reject with icmpx type admin-prohibited
RULES
  if is_shut && cmp -s $egress_rules.new $egress_rules; then return; fi
  sync $egress_rules.new
  mv -fT $egress_rules.new $egress_rules
  load_egress
  is_shut || fail "the way out is not shut; see journalctl -u odoo-platform-firewall on the machine"
}

is_shut() { grep -q admin-prohibited <<<"$(nft list chain inet odoo_platform clone 2>/dev/null)"; }

open_egress() {
  if [ ! -e $egress_rules ] && ! is_shut; then return; fi
  rm -f $egress_rules
  load_egress
}

# All rules are replaced in one step; the addresses of a relay come again by their timer.
load_egress() { /usr/local/lib/odoo-platform/firewall; }

# need_shut CONTAINER: it is tried whether a clone's container gets out; "host port" pairs that the machine itself reaches, for
# where nobody gets to, nothing is proven.
need_shut() {
  local tried
  is_clone "$data" || return 0
  tried=$(try_egress docker exec --interactive "$1" python3 -)
  python3 -c 'import json, sys
tried = json.loads(sys.argv[1])
sys.exit(any(one["reached"] for one in tried))' "$tried" || fail "a container of the clone gets out ($tried); the clone does not start"
}

# try_egress COMMAND...: what a container reaches. COMMAND runs Python from its standard input there. JSON.
try_egress() {
  local target
  target=$(sed -n 's/^BACKUP_ENDPOINT=//p' /etc/odoo-platform/secrets/backups/.env 2>/dev/null)
  {
    printf 'endpoint = "%s"\naddress = "%s"\n' "$target" "$(getent ahostsv4 "${target:-localhost}" | awk 'NR == 1 { print $1 }')"
    cat /usr/local/lib/odoo-platform/odoo-egress.py
  } | "$@"
}
