if changed TRUSTED; then
  packages ca-certificates
  update-ca-certificates --fresh
fi
packages docker.io docker-cli docker-compose

systemctl daemon-reload
systemctl enable docker.service
# Containers run on meanwhile (live-restore). It reads certificates and its file only when it starts.
if changed TRUSTED || changed /etc/docker/daemon.json; then systemctl restart docker.service; fi
systemctl start docker.service || fail "Docker does not start; see journalctl -u docker on the machine"
wait_until 60 docker info || fail "Docker does not answer; see journalctl -u docker on the machine"
[ "$(docker info --format '{{.LoggingDriver}} {{.LiveRestoreEnabled}}')" = "journald true" ] ||
  fail "Docker does not run by /etc/docker/daemon.json; see systemctl cat docker on the machine"

# The daemon's "ip" is for its default network alone; what this one publishes is on 127.0.0.1 too.
docker network inspect odoo-platform >/dev/null 2>&1 ||
  docker network create \
    --opt com.docker.network.bridge.name=br-odoo \
    --opt com.docker.network.bridge.host_binding_ipv4=127.0.0.1 \
    odoo-platform
