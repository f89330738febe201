"""Holds every file of the filestore until no restore point needs it: a second name (hard link) beside Odoo's own, which Odoo's
garbage collection does not take away. So the newest snapshot of what is held has every file of every restore point.

  backups-keep.py LIVE KEPT [all] [needed=EPOCH]

KEPT.state remembers each folder as it was looked at, and when a file was first seen to be gone: by no clock but for that, and
by no inode or link count, since data that is swapped in (reflinks) has others. KEPT.pending is there from before something new
is held until somebody has brought all of it away and removed it. With needed=, what was gone before that time goes for good.

Answers {"new": files, "removed": files, "gone": files held, "hot": whether one was perhaps still being written}.
"""

import json
import os
import sys
import time


def look(path):
    """Names of the files in a folder; none where it is not there."""
    try:
        with os.scandir(path) as entries:
            return {one.name for one in entries if one.is_file(follow_symlinks=False)}
    except FileNotFoundError:
        return set()


def folders(path):
    with os.scandir(path) as entries:
        # Odoo notes there what its garbage collection is to look at.
        return {one.name: one.stat() for one in entries if one.is_dir(follow_symlinks=False) and one.name != "checklist"}


def save(path, text):
    with open(path + ".new", "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(path + ".new", path)


def keep(live, kept, everything=False, needed=None, now=None):
    now = time.time() if now is None else now
    os.makedirs(kept, mode=0o700, exist_ok=True)
    try:
        with open(kept + ".state") as file:
            state = json.load(file)
    except (OSError, ValueError):
        state = {"seen": {}, "gone": {}}
    seen, gone = state["seen"], state["gone"]
    before = os.stat(live).st_ino
    new, hot, changed = 0, False, False
    there = folders(live)
    for name in set(there) | set(os.listdir(kept)):
        stat = there.get(name)
        mark = [stat.st_ino, stat.st_ctime_ns] if stat else None
        if not everything and mark is not None and seen.get(name) == mark:
            continue
        source, target = os.path.join(live, name), os.path.join(kept, name)
        names, held = look(source), look(target)
        fresh = names - held
        if fresh:
            if not new:
                save(kept + ".pending", "")
            os.makedirs(target, mode=0o755, exist_ok=True)
        for one in fresh:
            try:
                os.link(os.path.join(source, one), os.path.join(target, one))
                # Odoo writes under the final name: half of it may be what is there.
                hot = hot or os.stat(os.path.join(target, one)).st_mtime > now - 10
                new += 1
            except FileNotFoundError:
                pass
            except FileExistsError:
                pass
        for one in held - names:
            changed = gone.setdefault(f"{name}/{one}", now) == now or changed
        for one in names:
            changed = gone.pop(f"{name}/{one}", None) is not None or changed
        # What changes within the clock's next tick would have the same mark.
        if mark and stat.st_ctime < now - 1:
            changed = changed or seen.get(name) != mark
            seen[name] = mark
        else:
            changed = seen.pop(name, None) is not None or changed
    if os.stat(live).st_ino != before:
        # Swapped while it was looked at: what was seen is of two.
        raise SystemExit(f"{live} was changed for another meanwhile; run it again")
    removed = 0
    if needed is not None:
        for path in [one for one, since in gone.items() if since < needed]:
            try:
                os.unlink(os.path.join(kept, path))
            except FileNotFoundError:
                pass
            del gone[path]
            removed += 1
    if new or changed or removed or not os.path.exists(kept + ".state"):
        save(kept + ".state", json.dumps(state))
    return {"new": new, "removed": removed, "gone": len(gone), "hot": hot}


if __name__ == "__main__":
    options = sys.argv[3:]
    need = next((float(one[7:]) for one in options if one.startswith("needed=")), None)
    print(json.dumps(keep(sys.argv[1], sys.argv[2], "all" in options, need)))
