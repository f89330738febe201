# shellcheck shell=sh
exec python3 -c '
held = []
while True:
    held.append(b"x" * (64 << 20))
'
