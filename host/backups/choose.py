"""Out of what is in the bucket, what a moment is restored from: which set of the database, along which timeline, and which
snapshot of files.

  backups-choose.py TO SNAPSHOTS SETS LISTING HISTORIES

TO is "latest", a restore point's id, or a time (ISO 8601, UTC where it says no zone). Files: restic snapshots --json,
pgbackrest info --output=json, pgbackrest repo-ls --output=json of the archive; a folder with its *.history files.

pgBackRest would take the newest set before the time. After a way back with data that one may lie on a branch which was left
since, and Postgres refuses it: "requested timeline is not a child of this server's history". So the timeline is taken that was
live at that time, and of the sets those that lie on its way.

Answers JSON, or ends with 3 and a sentence for people, or with 4 and the name of the history file that it must know.
"""

import importlib.util
import json
import os
import re
import sys
import time
from datetime import datetime, timezone


def load_points():
    here = os.path.abspath(__file__)
    path = os.path.join(os.path.dirname(here), os.path.basename(here).replace("choose", "points"))
    spec = importlib.util.spec_from_file_location("points", path)
    module = importlib.util.module_from_spec(spec)
    # What it would leave beside it is nobody's file, and drift.
    sys.dont_write_bytecode = True
    spec.loader.exec_module(module)
    return module


points = load_points()


class Refusal(Exception):
    pass


class Need(Exception):
    pass


def lsn(text):
    high, low = text.split("/")
    return (int(high, 16) << 32) + int(low, 16)


def ancestry(timeline, histories):
    """Timelines that lead to this one, each with the place in the log where it was left; its own has none."""
    lines = (line.split() for line in histories.get(timeline, "").splitlines())
    return {int(line[0]): lsn(line[1]) for line in lines if len(line) >= 2 and line[0].isdigit()} | {timeline: None}


def timeline_at(moment, began, first):
    """The timeline that was live at a moment (None: now)."""
    live = [number for number, at in began.items() if moment is None or at <= moment]
    return max(live, default=first)


def beginnings(archived, sets, first):
    """When each timeline began. Its history is archived then; later where the store was away, or never where the log was dropped.
    A set that was begun on it is older than that."""
    began = dict(archived)
    for one in sets:
        number = int(one["archive"]["start"][:8], 16)
        if number != first:
            began[number] = min(began.get(number, one["timestamp"]["start"]), one["timestamp"]["start"])
    return began


def on_the_way(one, way):
    timeline = int(one["archive"]["stop"][:8], 16)
    if timeline not in way:
        return False
    return way[timeline] is None or lsn(one["lsn"]["stop"]) <= way[timeline]


def when(text):
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise Refusal(f'"{text}" is no time and no restore point; say 2026-11-26T14:05:00Z, an id that is listed, or latest') from None
    return (at if at.tzinfo else at.replace(tzinfo=timezone.utc)).timestamp()


def files_for(bucket, system, moment, wanted):
    """The snapshot that was asked for, else the first that has all that was written until then, else the newest; and the newest."""
    own = [one for one in bucket.tagged("files") if f"of={system}" in (one.get("tags") or [])]
    if not own:
        raise Refusal("the bucket has no snapshot of files of this database")
    named = [one for one in own if wanted and one["id"].startswith(wanted)]
    later = [one for one in own if moment is not None and points.epoch(one["time"]) >= moment]
    told = lambda one: {"id": one["id"][:8], "at": points.iso(points.epoch(one["time"])),
                        "bytes": (one.get("summary") or {}).get("total_bytes_processed")}
    return told((named or later or own[-1:])[0]), told(own[-1])


def choose(to, snapshots, info, listing, histories, now):
    bucket = points.Bucket(snapshots, info)
    stanza = info[0] if info else {}
    sets = [one for one in stanza.get("backup") or [] if bucket.fault(one["label"]) is None]
    if not sets:
        raise Refusal("the bucket holds no backup of the database")
    systems = {one["id"]: one["system-id"] for one in stanza.get("db") or []}

    named = next((point for _, point in bucket.markers if point["id"] == to), None)
    if named:
        fault = bucket.point_fault(named)
        if fault:
            raise Refusal(f"the restore point {to} cannot be used: {fault}")
        one = next(one for one in sets if one["label"] == named["database"]["label"])
        moment, timeline, after = points.epoch(named["at"]), int(one["archive"]["stop"][:8], 16), None
    else:
        if re.fullmatch(r"\d{8}-\d{6}", to):
            raise Refusal(f"there is no restore point {to}; those that are: {', '.join(sorted(each['id'] for _, each in bucket.markers)) or 'none'}")
        moment = None if to == "latest" else when(to)
        if moment is not None and moment > now + 60:
            raise Refusal(f"{to} lies in the future")
        newest = max(sets, key=lambda one: one["timestamp"]["stop"])
        # A database that began anew in the same bucket has an archive of its own.
        sets = [one for one in sets if one["database"]["id"] == newest["database"]["id"]]
        first = min(int(one["archive"]["stop"][:8], 16) for one in sets)
        archived = {int(name[:8], 16): entry["time"] for name, entry in listing.items() if re.fullmatch(r"[0-9A-F]{8}\.history", name)}
        began = beginnings(archived, sets, first)
        timeline = timeline_at(moment, began, first)
        if timeline in archived and timeline not in histories:
            raise Need(f"{timeline:08X}.history")
        unknown = {int(name[:8], 16) for name in listing if re.fullmatch(r"[0-9A-F]{16}", name)} - set(began) - {first}
        if moment is None and any(one > timeline for one in unknown):
            raise Refusal(f"the log of the timeline {max(unknown)} is there, and not where it began: latest is not known. Say a time, or a restore point")
        way = ancestry(timeline, histories)
        fits = [one for one in sets if on_the_way(one, way) and (moment is None or one["timestamp"]["stop"] <= moment)]
        if not fits:
            oldest = min(one["timestamp"]["stop"] for one in sets)
            raise Refusal(f"{to} cannot be restored: no backup leads there; the oldest moment is {points.iso(oldest)}")
        # One that was read back and noted as a restore point; the log leads on from there just as well.
        noted = {point["database"]["label"] for point in bucket.points()[0]}
        one = max([each for each in fits if each["label"] in noted] or fits, key=lambda one: one["timestamp"]["stop"])
        # Whoever finds that the log of this one ends too early is told that it may go on there.
        after = min((number for number in began if number > timeline), default=None)

    system = str(systems[one["database"]["id"]])
    files, newest_files = files_for(bucket, system, moment, named and named["filestore"]["snapshot"])
    kind = "immediate" if named else "default" if moment is None else "time"
    own = int(one["archive"]["stop"][:8], 16) == timeline
    follow = "current" if own else str(timeline)
    # Postgres stops at the last commit that is not after it.
    target = datetime.fromtimestamp(moment, timezone.utc).strftime("%Y-%m-%d %H:%M:%S.%f+00") if kind == "time" else None
    return {"set": one["label"], "kind": kind, "target": target, "timeline": timeline, "follow": follow, "system": system, "after": after,
            "at": points.iso(moment) if moment is not None else None, "point": named["id"] if named else None,
            "bytes": one["info"]["size"], "files": files, "newestFiles": newest_files}


def main(to, snapshots, sets, listing, folder):
    texts = {}
    for name in os.listdir(folder):
        if name.endswith(".history"):
            with open(os.path.join(folder, name)) as file:
                texts[int(name[:8], 16)] = file.read()
    with open(snapshots) as one, open(sets) as two, open(listing) as three:
        print(json.dumps(choose(to, json.load(one), json.load(two), json.load(three), texts, time.time()), separators=(",", ":")))


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except Refusal as refusal:
        print(refusal, file=sys.stderr)
        sys.exit(3)
    except Need as need:
        print(need, file=sys.stderr)
        sys.exit(4)
