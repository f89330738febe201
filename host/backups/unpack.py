"""Reads a backup as Odoo makes it, a zip, without a second copy of it on the disk. Each part's checksum is compared as it is read.

  backups-unpack.py dump ZIP            its dump.sql, to standard output
  backups-unpack.py files ZIP TARGET    what is under its filestore/, by the names that attachments have; prints how many
"""

import os
import re
import shutil
import sys
import zipfile

# Odoo's own have filestore/ab/abcd…, and beside them checklist/, its note of what may go; one that was put together by hand may have the database's name between.
NAME = re.compile(r"filestore/(?:(?!checklist/)[^/]+/)?([0-9a-f]{2,3}/[0-9a-f]{40})")


def dump(archive):
    with archive.open("dump.sql") as source:
        shutil.copyfileobj(source, sys.stdout.buffer, 1 << 20)
    sys.stdout.buffer.flush()


def files(archive, target):
    count = 0
    for entry in archive.infolist():
        name = NAME.fullmatch(entry.filename)
        if not name:
            continue
        place = os.path.join(target, name[1])
        os.makedirs(os.path.dirname(place), mode=0o755, exist_ok=True)
        with archive.open(entry) as source, open(place, "wb") as file:
            shutil.copyfileobj(source, file, 1 << 20)
        count += 1
    print(count)


def main():
    what, path, *rest = sys.argv[1:]
    try:
        with zipfile.ZipFile(path) as archive:
            {"dump": dump, "files": files}[what](archive, *rest)
    except (zipfile.BadZipFile, KeyError, EOFError) as error:
        sys.exit(f"the zip is damaged: {error}")
    except BrokenPipeError:
        # Who reads has failed, and says why.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)


if __name__ == "__main__":
    main()
