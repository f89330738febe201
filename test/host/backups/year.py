"""A year of nights, some of which fail, decided by host/backups/points.py: what was kept, day by day, as JSON.

  year.py POINTS.PY DAYS ZONE
"""

import base64
import importlib.util
import json
import random
import sys
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

spec = importlib.util.spec_from_file_location("points", sys.argv[1])
points = importlib.util.module_from_spec(spec)
spec.loader.exec_module(points)
days, zone = int(sys.argv[2]), ZoneInfo(sys.argv[3])

DAY = 86400
chance = random.Random(1)
snapshots, sets, names, number = [], [], [""], 0


def write(at, tag, about=None, more=()):
    global number
    number += 1
    tags = [tag, *more]
    if about is not None:
        tags.append("about=" + base64.b64encode(json.dumps(about).encode()).decode())
    snapshots.append({"id": f"{number:064x}"[::-1], "time": points.iso(at), "tags": tags})
    return snapshots[-1]["id"]


def bucket():
    return points.Bucket(snapshots, [{"db": [{"id": 1}], "backup": sets}])


def drop(labels):
    for label in labels:
        gone = bucket().descendants(label)
        assert any(one["type"] == "full" and one["label"] not in gone for one in sets), "pgBackRest would refuse it"
        sets[:] = [one for one in sets if one["label"] not in gone]


def night(at, fate):
    """What take.sh does, as far as it comes."""
    if fate == "off":
        return
    plan = points.following(bucket(), at)
    drop(plan["drop"])
    good = {point["database"]["label"] for point in bucket().points()[0]}
    label = datetime.fromtimestamp(at, ZoneInfo("UTC")).strftime("%Y%m%d-%H%M%S") + plan["kind"][0].upper()
    prior = None
    if plan["kind"] == "incr":
        prior = sets[-1]
        assert prior["label"] in good, f"{label} builds upon {prior['label']}, which is not good"
        full = prior["label"].split("_")[0]
        label = f"{full}_{label}"
    assert label > max(names), f"pgBackRest would refuse {label} after {max(names)}"
    names.append(label)
    sets.append({"label": label, "type": plan["kind"], "prior": prior and prior["label"], "error": False,
                 "reference": [] if prior is None else [prior["label"].split("_")[0], prior["label"]],
                 "timestamp": {"start": at, "stop": at + 60}, "info": {"repository": {"delta": 1}}, "database": {"id": 1}})
    if fate == "killed":
        return
    if fate == "bad":
        write(at + 100, "bad", {"label": label, "reason": "a flipped byte"})
        return
    files = write(at + 120, "files")
    if fate == "no marker":
        return
    identifier = datetime.fromtimestamp(at + 60, ZoneInfo("UTC")).strftime("%Y%m%d-%H%M%S")
    write(at + 180, "restore-point", {"id": identifier, "at": points.iso(at + 60), "kind": plan["kind"], "startedAt": points.iso(at),
                                      "database": {"label": label}, "filestore": {"snapshot": files[:16]}})
    plan = points.retention(bucket(), at + 200, 30)
    drop(plan["expire"])
    snapshots[:] = [one for one in snapshots if one["id"] not in plan["forget"]]
    return plan


faults, kinds, most, kept = [], {"full": 0, "incr": 0}, 0, []
begin = datetime(2026, 1, 1, 2, 30, tzinfo=zone)
first = None
for day in range(days):
    # Half past two does not come on one day, and comes twice on another.
    at = int((begin.replace(tzinfo=None) + timedelta(days=day)).replace(tzinfo=zone).timestamp())
    fate = "good" if day < 2 else chance.choices(["good", "off", "killed", "bad", "no marker"], [84, 4, 4, 4, 4])[0]
    # A store that is down for five weeks: longer than anything is kept.
    if 150 <= day < 185:
        fate = "off" if day % 2 else "bad"
    # One that was good is found bad much later.
    if day % 61 == 60:
        good = bucket().points()[0]
        write(at - 3600, "bad", {"label": chance.choice(good)["database"]["label"], "reason": "found by verify"})
    before = bucket().points()[0]
    night(at, fate)
    for hour in (6, 12, 18):
        write(at + hour * 3600, "files")
    good = bucket().points()[0]
    first = first or at
    if not good:
        faults.append(f"day {day}: nothing is left")
        continue
    ids = {one["id"] for one in good}
    lost = [one["id"] for one in before if one["id"] not in ids and at - points.epoch(one["at"]) < 30 * DAY]
    if lost:
        faults.append(f"day {day} ({fate}): {lost} went before their time")
    if fate == "good":
        # Any moment of the last 30 days has something to begin from.
        oldest, moment = min(points.epoch(one["at"]) for one in good), at + 300 - 30 * DAY
        if before and points.epoch(before[-1]["at"]) <= moment < oldest:
            faults.append(f"day {day}: the moment 30 days ago cannot be restored any more")
        kinds[good[0]["kind"]] += 1
        needed = points.retention(bucket(), at + 300, 30)["neededSince"]
        if needed > min(points.epoch(one["startedAt"]) for one in good):
            faults.append(f"day {day}: files are let go that a point needs")
    for one in good:
        if not any(each["id"].startswith(one["filestore"]["snapshot"]) for each in snapshots):
            faults.append(f"day {day}: {one['id']} has no files")
    most = max(most, len(snapshots))
    kept.append(len(good))
print(json.dumps({"faults": faults, "kinds": kinds, "mostSnapshots": most, "mostPoints": max(kept), "fewestPoints": min(kept[40:])}))
