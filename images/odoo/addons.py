#!/usr/bin/env python3
"""Installs the manifest's add-ons into a folder, while the image is built, and records what the image then holds.

    addons.py requirements                              what the add-ons need of Python, as docs/manifest.md's `python`
    addons.py lock                                      requirements of all wheels, with versions and hashes
    addons.py install --wheels CACHE --to FOLDER        FOLDER/addons/REPOSITORY/MODULE; FOLDER/folders, the mounts, empty
    addons.py record --config TEMPLATE FILE --to FILE   reads the mounts back from disk; fails when they differ

Wheels are taken by version and SHA-256, and only their add-on is unpacked. Modules from git are taken by commit.
"""

import argparse
import ast
import hashlib
import importlib.metadata
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
# Any time will do, if it is always the same: layers of the same files are then the same bytes.
THEN = 946684800


def fail(message):
    sys.exit(f"add-ons: {message}")


def read(manifests):
    """The manifest's repositories and the mounts, from the folder that holds both files."""
    repositories = json.loads((manifests / "addons_manifest.oca_ipai.json").read_text())["repositories"]
    return repositories, json.loads((manifests / "addons.manifest.json").read_text())["mounts"]


def wheels(repositories):
    """Every module with a wheel: its repository's name and the module's record."""
    return [(r["name"], m) for r in repositories for m in r["modules"] if m["source"]["kind"] == "wheel"]


def requirement(module):
    """`odoo-addon-queue_job==19.0.2.4.0.1 --hash=sha256:...`"""
    source = module["source"]
    if "sha256" not in source:
        fail(f"{module['name']} has no sha256 in the manifest; tools/manifest/refresh.py writes it")
    return f"{source['distribution']}=={module['version']} --hash=sha256:{source['sha256']}"


def wheel_file(cache, module):
    """Where the cache keeps a wheel: by its digest, so that another version is another file."""
    return cache / f"{module['source']['sha256']}.whl"


def download(modules, cache):
    """Gets the wheels that the cache does not have. pip checks the hashes."""
    missing = [module for module in modules if not wheel_file(cache, module).exists()]
    print(f"add-ons: {len(modules)} wheels, {len(missing)} to download", file=sys.stderr)
    if not missing:
        return
    with tempfile.TemporaryDirectory() as folder:
        lock = Path(folder, "requirements.txt")
        lock.write_text("".join(f"{requirement(module)}\n" for module in missing))
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-cache-dir"]
        # Without --no-deps pip would look for Odoo itself, which is on no index.
        options = ["--no-deps", "--require-hashes", "--only-binary", ":all:", "--dest", folder]
        if subprocess.run([*pip, *options, "--requirement", lock], check=False).returncode != 0:
            fail("pip did not get them all, see above; is the package index reachable, and its certificate known?")
        for wheel in Path(folder).glob("*.whl"):
            shutil.move(wheel, cache / f"{hashlib.sha256(wheel.read_bytes()).hexdigest()}.whl")


def unpack(wheel, module, folder):
    """The module, and the wheel's own METADATA beside it, which says its version."""
    expected = module["source"]["sha256"]
    if hashlib.sha256(wheel.read_bytes()).hexdigest() != expected:
        wheel.unlink()
        fail(f"{module['name']}: the cached wheel was damaged and is thrown away; build again")
    addon = f"odoo/addons/{module['name']}/"
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            inside = name.removeprefix("odoo/addons/") if name.startswith(addon) else name
            if name.endswith("/") or ".." in Path(name).parts:
                continue
            if name.startswith(addon) or name.endswith(".dist-info/METADATA"):
                target = folder / inside
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(archive.read(name))


def clone(repository, folder):
    """Takes the repository's modules from git, at its commit."""
    modules = [module for module in repository["modules"] if module["source"]["kind"] == "git"]
    if not modules:
        return
    environment = {**os.environ, "GIT_TERMINAL_PROMPT": "0"}
    token = Path("/run/secrets/git-token")
    with tempfile.TemporaryDirectory() as checkout:
        git = ["git", "-C", checkout]
        if token.exists():
            # The helper reads the file itself: the token is in no argument and in no environment.
            helper = '!f() { echo username=x-access-token; echo "password=$(cat /run/secrets/git-token)"; }; f'
            git += ["-c", f"credential.helper={helper}"]
        steps = [
            ["init", "--quiet"],
            ["fetch", "--quiet", "--depth", "1", repository["url"], repository["commit"]],
            ["checkout", "--quiet", "--detach", "FETCH_HEAD"],
        ]
        for step in steps:
            if subprocess.run([*git, *step], env=environment, check=False).returncode != 0:
                fail(f"{repository['name']}: git {step[0]} failed, see above; its url or commit may be wrong")
        for module in modules:
            source = Path(checkout, module["source"].get("folder", module["name"]))
            if not (source / "__manifest__.py").exists():
                fail(f"{module['name']} is not in {repository['url']} at {repository['commit']}")
            shutil.copytree(source, folder / module["name"], symlinks=True)


def install(repositories, mounts, cache, to):
    addons = to / "addons"
    download([module for _, module in wheels(repositories)], cache)
    for repository in repositories:
        folder = addons / repository["name"]
        folder.mkdir(parents=True)
        for name, module in wheels([repository]):
            unpack(wheel_file(cache, module), module, addons / name)
        clone(repository, folder)
    compile_all = [sys.executable, "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash"]
    # Quietly: a module may hold templates of Python that do not compile.
    subprocess.run([*compile_all, "-s", addons, "-p", "/mnt/extra-addons/oca", addons], check=False, stdout=subprocess.DEVNULL)
    for mount in mounts:
        Path(f"{to}/folders{mount['path']}").mkdir(parents=True, exist_ok=True)
    for path in [to, *to.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)
        os.utime(path, (THEN, THEN))


def version_of(folder):
    """The wheel's version where there was one, else what `__manifest__.py` says."""
    for metadata in folder.parent.glob(f"odoo_addon_{folder.name}-*.dist-info/METADATA"):
        lines = metadata.read_text(errors="replace").splitlines()
        return next(line for line in lines if line.startswith("Version: ")).removeprefix("Version: ")
    return ast.literal_eval((folder / "__manifest__.py").read_text()).get("version", "")


def installed(mounts, root):
    """What is on disk, mount by mount, module by module."""
    return [
        {
            "module": folder.name,
            "version": version_of(folder),
            "repository": mount["source"].get("repository", mount["name"]),
            "path": f"{mount['path']}/{folder.name}",
        }
        for mount in mounts
        for folder in sorted(p.parent for p in Path(f"{root}{mount['path']}").glob("*/__manifest__.py"))
    ]


def differences(repositories, mounts, found):
    """Each way in which the disk is not what the manifest says."""
    paths = {mount["source"].get("repository"): mount["path"] for mount in mounts}
    expected = {
        f"{paths.get(r['name'], '(no mount)')}/{m['name']}": m["version"] for r in repositories for m in r["modules"]
    }
    own = {mount["path"] for mount in mounts if mount["source"]["kind"] == "directory"}
    actual = {f["path"]: f["version"] for f in found if os.path.dirname(f["path"]) not in own}
    return [
        f"{path}: {actual.get(path, 'absent')} instead of {expected.get(path, 'nothing')}"
        for path in sorted(expected.keys() | actual.keys())
        if expected.get(path) != actual.get(path)
    ]


def unmet(manifest):
    """What a module needs of Python and this Python has not, asked for as Odoo does (odoo/modules/module.py)."""
    from packaging.requirements import Requirement

    for need in ast.literal_eval(manifest.read_text()).get("external_dependencies", {}).get("python", []):
        requirement = Requirement(need)
        if requirement.marker and not requirement.marker.evaluate():
            continue
        try:
            if not requirement.specifier.contains(importlib.metadata.version(requirement.name)):
                yield need
        except importlib.metadata.PackageNotFoundError:
            if importlib.util.find_spec(need) is None:
                yield need


def record(repositories, mounts, template, config, to, root=""):
    found = installed(mounts, root)
    if not root:
        needs = [f"{f['module']}: {need}" for f in found for need in unmet(Path(f["path"], "__manifest__.py"))]
        if needs:
            fail("not in the image (images/odoo/lock.sh adds it): " + ", ".join(needs))
    if faults := differences(repositories, mounts, found):
        hint = "images/odoo/Dockerfile needs a COPY line for every repository"
        fail(f"not what the manifest says ({hint}):\n  " + "\n  ".join(faults))
    to.parent.mkdir(parents=True, exist_ok=True)
    to.write_text(json.dumps(found, indent=1) + "\n")
    there = [mount["path"] for mount in mounts if Path(f"{root}{mount['path']}").is_dir()]
    config.write_text(template.read_text().replace("@addons_path@", ",".join(there)))
    print(f"add-ons: {len(found)} modules in {len(there)} folders, as the manifest says", file=sys.stderr)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["requirements", "lock", "install", "record"])
    parser.add_argument("--manifests", type=Path, default=HERE, help="folder with both manifests")
    parser.add_argument("--wheels", type=Path, help="folder that keeps wheels from one build to the next")
    parser.add_argument("--to", type=Path)
    parser.add_argument("--config", type=Path, nargs=2, metavar=("TEMPLATE", "FILE"))
    parser.add_argument("--root", default="", help="where the image's root is, for tests")
    options = parser.parse_args()
    repositories, mounts = read(options.manifests)
    if options.command == "requirements":
        needs = {need for r in repositories for m in r["modules"] for need in m.get("python", [])}
        print("\n".join(sorted(needs)))
    elif options.command == "lock":
        print("\n".join(requirement(module) for _, module in wheels(repositories)))
    elif options.command == "install":
        install(repositories, mounts, options.wheels, options.to)
    else:
        record(repositories, mounts, *options.config, options.to, options.root)


if __name__ == "__main__":
    main()
