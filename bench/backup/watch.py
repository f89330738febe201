"""Runs `bash -s` and says, as the last line, how long it took, what all processes of the machine took of its processors, and
how much memory of their own they had at most beyond what they had before: RssAnon, which the page cache and Postgres' shared
buffers are no part of."""
import glob
import json
import os
import subprocess
import sys
import threading
import time


def memory():
    total = 0
    for path in glob.glob("/proc/[0-9]*/status"):
        try:
            with open(path) as file:
                total += next((int(line.split()[1]) for line in file if line.startswith("RssAnon:")), 0)
        except (OSError, ValueError):
            pass  # it has ended
    return total * 1024


def processors():
    """What a process has used goes on to whoever has waited for its end, so that nothing is missing from the sum."""
    total = 0
    for path in glob.glob("/proc/[0-9]*/stat"):
        try:
            with open(path) as file:
                total += sum(map(int, file.read().rpartition(")")[2].split()[11:15]))
        except (OSError, ValueError):
            pass
    return total / os.sysconf("SC_CLK_TCK")


before = peak = memory()
used = processors()
ended = threading.Event()


def watch():
    global peak
    while not ended.wait(0.2):
        peak = max(peak, memory())


watcher = threading.Thread(target=watch)
watcher.start()
began = time.monotonic()
child = subprocess.run(["bash", "-s"], input=sys.argv[1].encode())
seconds = time.monotonic() - began
used = processors() - used
ended.set()
watcher.join()
print()
print(json.dumps({"seconds": round(seconds, 2), "cpuSeconds": round(max(0, used), 2), "peakBytes": max(0, peak - before)}))
sys.exit(child.returncode)
