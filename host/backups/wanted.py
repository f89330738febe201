"""The files that a database's attachments name: brought together, and compared by their hashes.

  backups-wanted.py collect LIST TARGET KEPT     links what is kept into TARGET; prints those that are not
  backups-wanted.py check LIST TARGET            {"attachments","files","bytes","missing","wrong","examples"}; LIST.bad has their names
  backups-wanted.py strip LIST TARGET            takes away what no attachment names

LIST: a line an attachment's file, "ab/abcd… SHA1 COUNT", as check.sql tells it. Odoo names a file by its SHA-1.
"""

import hashlib
import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor


def read_list(path):
    with open(path) as file:
        for line in file:
            name, sha1, count = line.split()
            yield name, sha1 if len(sha1) == 40 else os.path.basename(name), int(count)


def collect(path, target, kept):
    for name, _, _ in read_list(path):
        place = os.path.join(target, name)
        if os.path.exists(place):
            continue
        folder = os.path.dirname(place)
        if not os.path.isdir(folder):
            os.makedirs(folder, mode=0o755)
            os.chown(folder, 10001, 10001)
        try:
            os.link(os.path.join(kept, name), place)
        except FileNotFoundError:
            print(name)


def look(item):
    place, sha1 = item
    try:
        with open(place, "rb") as file:
            digest = hashlib.file_digest(file, "sha1").hexdigest()
            return "right" if digest == sha1 else "wrong", file.tell()
    except FileNotFoundError:
        return "missing", 0


def check(path, target):
    wanted = list(read_list(path))
    answer = {"attachments": sum(count for _, _, count in wanted), "files": len(wanted), "bytes": 0, "missing": 0, "wrong": 0}
    bad = []
    # Hashing lets the other threads run.
    with ThreadPoolExecutor(max(2, os.cpu_count() or 1)) as threads:
        looked = threads.map(look, ((os.path.join(target, name), sha1) for name, sha1, _ in wanted), chunksize=64)
        for (name, _, _), (what, size) in zip(wanted, looked):
            answer["bytes"] += size
            if what != "right":
                answer[what] += 1
                bad.append(name)
    with open(path + ".bad", "w") as file:
        file.writelines(name + "\n" for name in bad)
    print(json.dumps({**answer, "examples": bad[:5]}))


def strip(path, target):
    wanted = {name for name, _, _ in read_list(path)}
    for folder, _, names in os.walk(target):
        for name in names:
            place = os.path.join(folder, name)
            if os.path.relpath(place, target) not in wanted:
                os.unlink(place)


if __name__ == "__main__":
    {"collect": collect, "check": check, "strip": strip}[sys.argv[1]](*sys.argv[2:])
