# shellcheck shell=bash
# All that concerns Odoo's releases, in order. Sourced after host/preamble.sh.
for part in containers odoo-slots odoo-data odoo-timelines odoo-egress odoo-gate odoo-modules odoo-release; do
  # shellcheck disable=SC1090
  . "/usr/local/lib/odoo-platform/$part.sh"
done
