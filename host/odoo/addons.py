"""Hashes of add-ons, as an image holds them. Runs in a container of that image; standard input: their names, a line each.

    addons.py                                {"sale": "1f3a…", …}
    addons.py versions                       {"sale": "1.2", …}, as the manifests have them
    exit 3, names on standard error          some are not there

By what an update of the module would read: Python, data, views, translations. Not by what is served as it is or never read,
so that a new picture needs no update (as click-odoo-update does, https://github.com/acsone/click-odoo-contrib).
"""

import ast
import configparser
import hashlib
import importlib.util
import json
import sys
from pathlib import Path

NOT_READ = {"static", "tests", "readme", "doc", "__pycache__"}


def folders():
    # Interpolation would stumble over a password with a percent sign.
    config = configparser.RawConfigParser()
    config.read("/etc/odoo/odoo.conf")
    for path in config.get("options", "addons_path", fallback="").split(","):
        if path.strip():
            yield Path(path.strip())
    odoo = importlib.util.find_spec("odoo")
    for path in odoo.submodule_search_locations or []:
        yield Path(path) / "addons"


def is_read(path):
    parts = path.parts
    return (
        not NOT_READ.intersection(parts[:-1])
        and path.suffix not in {".pyc", ".pot"}
        and not path.name.lower().startswith("readme")
    )


def digest(addon):
    whole = hashlib.sha256()
    files = (path.relative_to(addon) for path in addon.rglob("*") if path.is_file())
    for path in sorted(filter(is_read, files)):
        whole.update(f"{path.as_posix()}\0{(addon / path).stat().st_size}\0".encode())
        whole.update((addon / path).read_bytes())
    return whole.hexdigest()[:16]


def version(addon):
    return ast.literal_eval((addon / "__manifest__.py").read_text()).get("version", "1.0")


def main():
    places = list(folders())
    tell = version if sys.argv[1:] == ["versions"] else digest
    found, missing = {}, []
    for name in sys.stdin.read().split():
        addon = next((place / name for place in places if (place / name / "__manifest__.py").is_file()), None)
        if addon is None:
            missing.append(name)
        else:
            found[name] = tell(addon)
    if missing:
        print(", ".join(missing), file=sys.stderr)
        sys.exit(3)
    json.dump(found, sys.stdout, sort_keys=True, separators=(",", ":"))


main()
