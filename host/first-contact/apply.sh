# The first words with a new machine, over a connection that knows its one-time host key. Makes the host key that stays;
# its private half never leaves the machine. docs/decisions/0011-the-host-key-is-rotated.md tells the whole way.
keys=/etc/odoo-platform/host-key

# Whatever cloud-init still installs or writes would get in the way of all that follows. It says 2 for mere warnings.
if command -v cloud-init >/dev/null; then
  status=0
  timeout 240 cloud-init status --wait || status=$?
  case $status in
    0 | 2) ;;
    124) fail "cloud-init has not come to its end in 240 s; wait for it, then run it again" ;;
    *) fail "cloud-init failed; see /var/log/cloud-init-output.log on the machine" ;;
  esac
fi

install -d -m 0700 "$keys"
if [ ! -e "$keys/lasting.pub" ]; then
  rm -f "$keys"/new "$keys"/new.pub
  ssh-keygen -q -t ed25519 -N '' -C '' -f "$keys/new"
  cp -p /etc/ssh/ssh_host_ed25519_key "$keys/one-time.new"
  mv "$keys/one-time.new" "$keys/one-time"
  mv "$keys/new" "$keys/lasting"
  # The last step of all: where it is there, everything is.
  mv "$keys/new.pub" "$keys/lasting.pub"
  sync -f "$keys"
fi

if [ ! -e "$keys/confirmed" ]; then
  systemctl daemon-reload
  systemctl enable odoo-platform-host-key.service
  systemctl restart odoo-platform-host-key.service
  wait_until 8 /usr/local/lib/odoo-platform/host-key-turns serves lasting ||
    fail "sshd does not take the new host key; see journalctl -u ssh on the machine"
fi
answer "$(cut -d' ' -f1,2 "$keys/lasting.pub")"
