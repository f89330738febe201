#!/bin/sh
# Prints the list of a series' community modules, from a Debian package of Odoo, as catalog/odoo-core/SERIES.txt holds it.
#
#   apt-get download odoo-19 && tools/manifest/core-modules.sh odoo-19_*.deb > catalog/odoo-core/19.0.txt
set -eu

if [ $# -ne 1 ] || [ ! -f "$1" ]; then
  echo "usage: $0 PACKAGE.deb; get one with: apt-get download odoo-19" >&2
  exit 2
fi
package=$(dpkg-deb --field "$1" Package)
version=$(dpkg-deb --field "$1" Version)

echo "# Community modules of Odoo ${package#odoo-}.0, one a line, as Debian's $package $version installs them."
echo "# Made by: tools/manifest/core-modules.sh $(basename "$1")"
dpkg-deb --contents "$1" |
  sed -n 's#.*/odoo/addons/\([a-z0-9_]*\)/__manifest__\.py$#\1#p' |
  LC_ALL=C sort --unique
