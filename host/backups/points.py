"""What is in the bucket, as restore points; which backup comes next; what may go. Pure: it reads what restic and pgBackRest
list, and answers JSON.

  backups-points.py list [STORED] | next | retention DAYS | labels | verified PART PACKS BYTES
each verb followed by two files: what `restic snapshots --json` and `pgbackrest info --output=json` said.

A restore point is a set of the database, with everything that it refers to, a snapshot of files that was taken after it, and
a marker (a snapshot with the tag restore-point) that was written last of all. Without the marker it is none. A set that was
found bad has a word that says so (tag bad), and neither it nor what builds upon it counts as a backup of anything.
"""

import base64
import json
import sys
import time
from datetime import datetime, timezone

DAY = 86400
# A full one a week; an hour is left for nights that begin later.
FULL_AFTER = 7 * DAY - 3600
ALL_FILES_FOR = 2 * DAY
WORDS_FOR = 400 * DAY


def iso(epoch):
    return datetime.fromtimestamp(epoch, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def epoch(text):
    # restic writes nanoseconds.
    head, _, tail = text.partition(".")
    zone = tail.lstrip("0123456789") if tail else ""
    return datetime.fromisoformat(head + zone).timestamp()


def about(snapshot):
    for tag in snapshot.get("tags") or []:
        if tag.startswith("about="):
            return json.loads(base64.b64decode(tag[6:]))
    return {}


class Bucket:
    def __init__(self, snapshots, info):
        self.snapshots = sorted(snapshots or [], key=lambda one: epoch(one["time"]))
        stanza = info[0] if info else {}
        backups = stanza.get("backup") or []
        self.database = (stanza.get("db") or [{}])[-1].get("id")
        self.sets = [
            {"label": one["label"], "full": one["type"] == "full", "prior": one.get("prior"),
             "needs": one.get("reference") or [], "start": one["timestamp"]["start"], "stop": one["timestamp"]["stop"],
             "stored": one["info"]["repository"].get("delta", 0), "error": bool(one.get("error")),
             "current": one["database"]["id"] == self.database}
            for one in backups
        ] + [
            # Dumps of a managed database stand for themselves.
            {"label": about(one).get("label", "dump-" + one["id"][:8]), "full": True, "prior": None, "needs": [],
             "start": epoch(one["time"]), "stop": epoch(one["time"]), "stored": 0, "error": False, "current": True, "dump": one["id"]}
            for one in self.tagged("dump")
        ]
        self.by_label = {one["label"]: one for one in self.sets}
        self.bad = {word["label"]: word.get("reason", "") for word in map(about, self.tagged("bad")) if "label" in word}
        self.bad.update({one["label"]: "a page of it is damaged" for one in self.sets if one["error"]})
        self.markers = [(one, about(one)) for one in self.tagged("restore-point")]

    def tagged(self, tag):
        return [one for one in self.snapshots if tag in (one.get("tags") or [])]

    def fault(self, label):
        """Why a set is none to restore from; None when nothing is known against it."""
        one = self.by_label.get(label)
        if one is None:
            return "its database is no longer there"
        for needed in [label, *one["needs"]]:
            if needed in self.bad:
                return self.bad[needed] or "found bad"
            if needed not in self.by_label:
                return f"{needed}, which it builds upon, is no longer there"
        return None

    def point_fault(self, point):
        # Any later snapshot has its files too: what is collected is held (keep.py).
        if not any(epoch(one["time"]) >= epoch(point["at"]) for one in self.tagged("files")):
            return "its files are no longer there"
        return self.fault(point["database"]["label"])

    def points(self):
        """Good ones, newest first, and the others with the reason."""
        good, others = [], []
        verified, proven = {}, {}
        for word in map(about, self.tagged("verify")):
            for one in word.get("points", []):
                verified[one] = {"at": word["endedAt"], "by": "verify"}
        for word in map(about, self.tagged("drill")):
            if word.get("ok") and word.get("point"):
                proven[word["point"]] = {"at": word["endedAt"], "by": "drill", "seconds": (word.get("seconds") or {}).get("total")}
        for _, point in self.markers:
            fault = self.point_fault(point)
            point = {**point, "verified": verified.get(point["id"], point.get("verified")), "proven": proven.get(point["id"])}
            if fault:
                others.append({"id": point["id"], "at": point["at"], "reason": fault})
            else:
                good.append(point)
        newest = lambda one: one["at"]
        return sorted(good, key=newest, reverse=True), sorted(others, key=newest, reverse=True)

    def descendants(self, label):
        """Sets that pgBackRest takes away with this one: it goes by the chain of what each was made upon."""
        found = {label}
        for one in sorted(self.sets, key=lambda one: one["label"]):
            if one["prior"] in found:
                found.add(one["label"])
        return found


def listing(bucket, now, stored=None):
    good, others = bucket.points()
    return {
        "points": good,
        "bad": others,
        "span": {"from": good[-1]["at"], "to": good[0]["at"]} if good else None,
        "stored": {"database": sum(one["stored"] for one in bucket.sets), "filestore": stored} if bucket.snapshots else None,
        "checkedAt": iso(now),
    }


def unfinished(bucket):
    """Labels of sets that count as nothing (no marker, or bad) and upon which nothing good stands; oldest first. Never so many
    that no full one would be left: pgBackRest refuses that anyway."""
    good, _ = bucket.points()
    good_labels = {point["database"]["label"] for point in good}
    standing = set().union(*([label, *bucket.by_label[label]["needs"]] for label in good_labels)) if good_labels else set()
    if not any(bucket.by_label[label]["full"] for label in standing):
        return []
    gone, out = set(), []
    for one in sorted(bucket.sets, key=lambda one: one["label"]):
        family = bucket.descendants(one["label"])
        if one["label"] in gone or one["label"] in standing or family & standing:
            continue
        gone |= family
        out.append(one["label"])
    return out


def following(bucket, now):
    """Which kind of backup comes next, and of which sets the bucket is to be rid first."""
    good, _ = bucket.points()
    drop = unfinished(bucket)
    left = [one for one in bucket.sets if one["current"] and one["label"] not in set().union(*map(bucket.descendants, drop))]
    good_labels = {point["database"]["label"] for point in good}
    fulls = [one for one in left if one["full"] and one["label"] in good_labels]
    newest = max(left, key=lambda one: one["label"], default=None)
    why = None
    if not fulls:
        why = "there is no full one to build upon"
    elif newest["label"] not in good_labels:
        # It would be what an increment builds upon.
        why = f"{newest['label']} is not to be built upon"
    elif any(bucket.by_label[one]["full"] and one > newest["label"] for one in drop):
        # pgBackRest never gives a name that is earlier than one it gave, and an increment's begins with its full one's.
        why = "the last full one was no good"
    elif now - max(one["start"] for one in fulls) >= FULL_AFTER:
        why = "the last full one is a week old"
    return {"kind": "full" if why else "incr", "why": why, "drop": drop}


def retention(bucket, now, days):
    """What may go: sets to expire, snapshots to forget; and since when files that are gone are needed."""
    good, others = bucket.points()
    cutoff = now - days * DAY
    expire = list(unfinished(bucket))
    good_labels = {point["database"]["label"] for point in good}
    fulls = sorted((one for one in bucket.sets if one["full"] and one["label"] in good_labels), key=lambda one: one["stop"])
    # The newest full one that is older than the cutoff is what the oldest moment is restored from.
    old = [one for one in fulls if one["stop"] <= cutoff]
    for one in old[:-1]:
        expire.append(one["label"])
    gone = set().union(*map(bucket.descendants, expire)) if expire else set()
    if good and good[0]["database"]["label"] in gone:
        raise SystemExit("the newest restore point would go; nothing is removed")
    kept = [point for point in good if point["database"]["label"] not in gone]

    forget = [one["dump"] for one in bucket.sets if one.get("dump") and one["label"] in gone]
    ids = {point["id"] for point in kept}
    # A bad one stays listed as long as its set is there; the reason is somebody's to read.
    listed = {point["id"] for point in others if now - epoch(point["at"]) < days * DAY}
    forget += [one["id"] for one, point in bucket.markers if point["id"] not in ids and point["id"] not in listed]
    forget += [one["id"] for one in bucket.tagged("bad") if about(one).get("label") not in bucket.by_label or about(one)["label"] in gone]
    for tag in ("drill", "verify"):
        words = bucket.tagged(tag)
        last_good = [one["id"] for one in words if about(one).get("ok")][-1:]
        forget += [one["id"] for one in words[:-1] if epoch(one["time"]) < now - WORDS_FOR and one["id"] not in last_good]

    files = bucket.tagged("files")
    wanted = {point["filestore"]["snapshot"] for point in kept}
    daily = {}
    for one in files:
        daily[int(epoch(one["time"]) // DAY)] = one["id"]
    oldest = min([epoch(point["startedAt"]) for point in kept] + [cutoff])
    for one in files[:-1]:
        at = epoch(one["time"])
        if at >= now - ALL_FILES_FOR or any(one["id"].startswith(each) for each in wanted):
            continue
        if at >= oldest - DAY and daily[int(at // DAY)] == one["id"]:
            continue
        forget.append(one["id"])
    return {"expire": [one for one in expire if not bucket.by_label[one].get("dump")], "forget": forget,
            "neededSince": min((epoch(point["startedAt"]) for point in kept), default=None)}


def verified(bucket, now, part, packs, size):
    """What a verification has come to. A point is re-read when all four quarters of the files are, in four weeks."""
    parts = {part} | {word.get("part") or "all" for word in map(about, bucket.tagged("verify"))
                      if word.get("ok") and now - epoch(word["endedAt"]) < 29 * DAY}
    good, _ = bucket.points()
    return {"part": None if part == "all" else part, "database": {"bytes": sum(one["stored"] for one in bucket.sets)},
            "filestore": {"packs": packs, "bytes": size},
            "points": [point["id"] for point in good] if "all" in parts or len(parts) == 4 else []}


def main(verb, snapshots, sets, *rest):
    with open(snapshots) as one, open(sets) as two:
        bucket = Bucket(json.load(one), json.load(two))
    now = time.time()
    if verb == "list":
        answer = listing(bucket, now, int(rest[0]) if rest else None)
    elif verb == "labels":
        print("\n".join(one["label"] for one in bucket.sets))
        return
    elif verb == "verified":
        answer = verified(bucket, now, rest[0], int(rest[1]), int(rest[2]))
    elif verb == "next":
        answer = following(bucket, now)
    else:
        answer = retention(bucket, now, int(rest[0]))
    print(json.dumps(answer, separators=(",", ":")))


if __name__ == "__main__":
    main(*sys.argv[1:])
