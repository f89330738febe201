#!/usr/bin/env python3
"""Brings config/addons_manifest.oca_ipai.json up to date: newest wheels of the series, newest commits of its branches.

    tools/manifest/refresh.py                      every wheel and commit
    tools/manifest/refresh.py --add web_responsive  one more module, and what it depends on
    tools/manifest/refresh.py --wheels | --commits  only those

Wheels come from the package index that pip is set up for, commits from `git ls-remote`. A repository that cannot be
reached keeps its commit and is named on stderr. Modules from git are left alone: their commit is a decision, not an update.
"""

import argparse
import ast
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MANIFEST = ROOT / "config" / "addons_manifest.oca_ipai.json"
# https://peps.python.org/pep-0508/; OCA names the distribution after the module, underscores and all.
ADDON = re.compile(r"^odoo-addon-([A-Za-z0-9_-]+)")


def download(names, series):
    """The wheels of these modules, newest of the series, and of what they depend on: module name to its record."""
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        while missing := sorted(names - found.keys()):
            wanted = [f"odoo-addon-{name}=={series}.*" for name in missing]
            pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
            # Without --no-deps pip would look for Odoo itself, which is on no index.
            answer = subprocess.run(
                [*pip, "--no-deps", "--only-binary", ":all:", "--dest", folder, *wanted], check=False
            )
            if answer.returncode != 0:
                sys.exit("pip did not get them all (see above); the manifest is as it was")
            found |= dict(read_wheel(wheel) for wheel in Path(folder).glob("*.whl"))
            if absent := set(missing) - found.keys():
                sys.exit(f"these came under another module name than asked for: {', '.join(sorted(absent))}")
            names |= {name for record in found.values() for name in record["addons"]}
    return found


def read_wheel(path):
    """What a wheel says of itself: the module's name, and its record with its repository's address."""
    with zipfile.ZipFile(path) as wheel:
        files = wheel.namelist()
        (manifest_file,) = [file for file in files if re.fullmatch(r"odoo/addons/[^/]+/__manifest__\.py", file)]
        (metadata_file,) = [file for file in files if file.endswith(".dist-info/METADATA")]
        manifest = ast.literal_eval(wheel.read(manifest_file).decode())
        headers = wheel.read(metadata_file).decode().split("\n\n", 1)[0]
    requirements = re.findall(r"^Requires-Dist: (.*)$", headers, re.M)
    name = manifest_file.split("/")[2]
    python = [one for one in requirements if not ADDON.match(one) and not re.match(r"odoo\b", one)]
    module = {
        "name": name,
        "version": field(headers, "Version"),
        "license": manifest.get("license", "LGPL-3"),
        "depends": manifest.get("depends", ["base"]),
        **({"python": sorted(python)} if python else {}),
        "source": {
            "kind": "wheel",
            "distribution": field(headers, "Name"),
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        },
    }
    addons = {match[1].replace("-", "_") for one in requirements if (match := ADDON.match(one))}
    return name, {"module": module, "url": field(headers, "Home-page"), "addons": addons}


def field(headers, name):
    return re.search(rf"^{name}: (.*)$", headers, re.M)[1].strip()


def place(manifest, record, series):
    """Puts a module where its wheel says it is developed; a repository not known yet is added without a commit."""
    for repository in manifest["repositories"]:
        repository["modules"] = [m for m in repository["modules"] if m["name"] != record["module"]["name"]]
    url = record["url"]
    repository = next((one for one in manifest["repositories"] if one["url"] == url), None)
    if repository is None:
        repository = {"name": url.rsplit("/", 1)[1], "url": url, "series": series, "modules": []}
        manifest["repositories"].append(repository)
    repository["modules"].append(record["module"])


def refresh_commit(repository):
    """The head of the series' branch, unless the repository cannot be reached."""
    branch = f"refs/heads/{repository['series']}"
    # A repository that is private or gone makes git ask for a password; nobody is to be asked.
    answer = subprocess.run(
        ["git", "ls-remote", repository["url"], branch],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "GIT_TERMINAL_PROMPT": "0"},
    )
    if answer.returncode != 0 or not answer.stdout:
        why = answer.stderr.strip().splitlines()[-1:] or [f"it has no {branch}"]
        print(f"{repository['name']}: keeps its commit; {why[0]}", file=sys.stderr)
        return
    repository["commit"] = answer.stdout.split()[0]
    repository.pop("commitSeries", None)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--add", nargs="+", default=[], metavar="MODULE")
    parser.add_argument("--series", default="19.0")
    only = parser.add_mutually_exclusive_group()
    only.add_argument("--wheels", action="store_true", help="leave the commits alone")
    only.add_argument("--commits", action="store_true", help="leave the wheels alone")
    args = parser.parse_args()

    manifest = json.loads(MANIFEST.read_text())
    modules = [module for repository in manifest["repositories"] for module in repository["modules"]]
    from_git = {module["name"] for module in modules if module["source"]["kind"] == "git"}
    if not args.commits:
        names = ({module["name"] for module in modules} | set(args.add)) - from_git
        for record in download(names, args.series).values():
            place(manifest, record, args.series)
    if not args.wheels:
        for repository in manifest["repositories"]:
            if not any(module["name"] in from_git for module in repository["modules"]):
                refresh_commit(repository)

    manifest["repositories"] = sorted((one for one in manifest["repositories"] if one["modules"]), key=by_name)
    for repository in manifest["repositories"]:
        repository["modules"] = sorted(repository.pop("modules"), key=by_name)
    MANIFEST.write_text(json.dumps(manifest, indent=2) + "\n")
    subprocess.run([ROOT / "node_modules" / ".bin" / "prettier", "--write", MANIFEST], check=True)


def by_name(one):
    return one["name"]


if __name__ == "__main__":
    main()
