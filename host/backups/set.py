"""A set of the database in the bucket, against what pgBackRest's list of its files tells of it.

  backups-set.py log SETS LABEL           the archive, and the segments of the log that belong to the set, a line each
  backups-set.py objects FACTS LABEL      the objects that this set has written, a line each, by their keys in the repository
  backups-set.py check FACTS LABEL KEY    compares that object, which comes by standard input

SETS: pgbackrest info --output=json. FACTS: a folder, as set-facts.sh tells it. What is wrong is told in a line, and ends it with 3.

An increment names files of the sets before it. They were read when those were made, and are again each week; here they have to
be there, and long enough. What pgBackRest's own `verify --set` does is to read all of them each time, file by file: as much as the
database is large, in a request for each of its thousands of files.
"""

import hashlib
import json
import os
import sys

chunk = 1 << 20


class Wrong(Exception):
    pass


def segments(first, last):
    """Of 16 MiB each: 8 hexadecimal digits of the timeline, 8 of 4 GiB, 8 of the segment in it."""
    place = lambda name: (int(name[8:16], 16) << 8) + int(name[16:24], 16)
    return [f"{first[:8]}{at >> 8:08X}{at & 255:08X}" for at in range(place(first), place(last) + 1)]


def log(path, label):
    with open(path) as file:
        stanza = json.load(file)[0]
    one = next(one for one in stanza["backup"] if one["label"] == label)
    versions = {db["id"]: db["version"] for db in stanza["db"]}
    yield f"{versions[one['database']['id']]}-{one['database']['id']}"
    yield from segments(one["archive"]["start"], one["archive"]["stop"])


def manifest(path):
    """Options, and of each file that has something in it what is told of it."""
    section, options, files = None, {}, {}
    with open(path) as file:
        for line in file:
            line = line.rstrip("\n")
            if line.startswith("["):
                section = line[1:-1]
            elif section == "backup:option" and "=" in line:
                name, value = line.split("=", 1)
                options[name] = json.loads(value)
            elif section == "target:file" and "={" in line:
                name, value = line.split("={", 1)
                one = json.loads("{" + value)
                if one.get("size"):
                    files[name] = one
    if not files:
        raise Wrong("its list names no files")
    return options, files


def pieces(folder, label):
    """Of each object that the set needs: (offset, bytes, SHA-1 of what is stored, file) of each file in it."""
    options, files = manifest(os.path.join(folder, "manifest"))
    suffix = {"none": "", "zst": ".zst", "gz": ".gz", "lz4": ".lz4", "bz2": ".bz2"}[options["option-compress-type"]]
    found = {}
    for name, one in files.items():
        of = one.get("reference", label)
        place = f"bundle/{one['bni']}" if "bni" in one else name + (".pgbi" if "bim" in one else suffix)
        if not one.get("rck"):
            raise Wrong(f"no checksum is told of {name}")
        found.setdefault(f"{of}/{place}", []).append((one.get("bno", 0), one.get("repo-size", one["size"]), one["rck"], name))
    return {key: sorted(each) for key, each in found.items()}


def objects(folder, label):
    if read(folder, "manifest") != read(folder, "manifest.copy"):
        raise Wrong("its list of files and the second one of it differ")
    for line in read(folder, "log").decode().splitlines():
        segment, told, is_ = line.split()[:3]
        if not told.startswith(is_):
            raise Wrong(f"{segment} of the log is not what was written")
    there = {name: entry.get("size", 0) for name, entry in json.loads(read(folder, "objects")).items() if entry["type"] == "file"}
    for key, each in pieces(folder, label).items():
        offset, size, _, name = each[-1]
        if key not in there:
            raise Wrong(f"{key} is missing")
        if there[key] < offset + size:
            raise Wrong(f"{key} ends before {name} does")
        if key.startswith(label + "/"):
            yield f"backup/odoo/{key}"


def read(folder, name):
    with open(os.path.join(folder, name), "rb") as file:
        return file.read()


def check(folder, label, key, stream):
    key = key.removeprefix("backup/odoo/")
    at = 0
    for offset, size, sha1, name in pieces(folder, label)[key]:
        at += take(stream, offset - at)
        sum = hashlib.sha1()
        at += take(stream, size, sum)
        if at < offset + size:
            raise Wrong(f"{key} ends in {name}")
        if sum.hexdigest() != sha1:
            raise Wrong(f"{name} in {key} is not what was written")


def take(stream, size, sum=None):
    taken = 0
    while taken < size:
        part = stream.read(min(chunk, size - taken))
        if not part:
            break
        taken += len(part)
        if sum:
            sum.update(part)
    return taken


if __name__ == "__main__":
    verb, *rest = sys.argv[1:]
    try:
        if verb == "log":
            print(*log(*rest), sep="\n")
        elif verb == "objects":
            print(*objects(*rest), sep="\n")
        else:
            check(*rest, sys.stdin.buffer)
    except Wrong as wrong:
        print(wrong, file=sys.stderr)
        sys.exit(3)
