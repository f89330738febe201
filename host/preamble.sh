# What every concern's script stands on. components/host-command.ts puts it first, then the concern's name, variables
# and files (`put`), then the concern's own apply.sh, then `finish`, and wraps all of it in braces: bash runs nothing of
# a script whose end has not arrived.
#
# A connection that is cut does not stop a run: it goes on to its end, so that no package is left half unpacked, and the
# next run waits for it. A run that is killed leaves what the next one puts right: files are replaced whole, and what
# changed counts as changed until a run has come to its end.
set -Eeuo pipefail
umask 077
trap '' HUP
export LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

state=/var/lib/odoo-platform
refused=87 # the status of `fail`, which has said already what is wrong

# begin CONCERN: takes the machine for itself.
begin() {
  concern=$1
  # 3 and 4 are the caller's stdout and stderr. What commands write goes to a log of the run and from there to the
  # journal, so that no stray output reaches Pulumi's state.
  exec 3>&1 4>&2 </dev/null
  install -d -m 0700 /run/odoo-platform "$state"
  install -d -m 0755 /etc/odoo-platform /usr/local/lib/odoo-platform
  install -d -m 0700 /etc/odoo-platform/secrets
  exec 9>>/run/lock/odoo-platform.lock
  flock -w "${PLATFORM_LOCK_SECONDS:-600}" 9 || {
    echo "$concern: another run holds the machine, $(cat /run/odoo-platform/running 2>/dev/null || echo 'unnamed'); wait for it, or end that process" >&4
    exit 1
  }
  echo "$concern, process $$" >/run/odoo-platform/running
  log=/run/odoo-platform/$concern.log
  exec >"$log" 2>&1
  trap 'broken $?' ERR
  trap 'ended $?' EXIT
  now=$(mktemp /run/odoo-platform/now.XXXXXX)
  stamp=$state/$concern
  [ -e "$stamp" ] || : >"$stamp"
}

# say TEXT: progress, for the person who waits and for the journal. No secrets.
say() {
  echo "$1"
  # In a process of its own: where nobody listens any more, only that one ends.
  (trap - PIPE; echo "$concern: $1" >&4) 2>/dev/null || true
}

# answer TEXT: the one line that the program learns from this run. It stands in the state; no secrets.
answer() {
  (trap - PIPE; echo "$1" >&3) 2>/dev/null || true
}

# fail "FAULT; WAY OUT": ends the run with an error for people.
fail() {
  say "$1"
  exit "$refused"
}

# A command failed that nobody had an answer to. Names the line of apply.sh and what the commands wrote last.
broken() {
  local status=$1 line=${BASH_LINENO[-1]}
  trap - ERR
  if [ "$status" = "$refused" ]; then exit "$status"; fi
  # A subshell hands its status on; the shell above it says so.
  if [ "$BASH_SUBSHELL" -gt 0 ]; then exit "$status"; fi
  local last
  last=$(tail -n 5 "$log" | tail -c 2000)
  say "stopped at line $((line - ${first_line:-0})) of host/$concern/apply.sh with status $status; see journalctl -t odoo-platform on the machine, then run it again${last:+
$last}"
  exit "$status"
}

ended() {
  local status=$1
  trap - ERR EXIT
  rm -f "${now:-}" /run/odoo-platform/running
  sed "s/^/$concern: /" "$log" | logger -t odoo-platform || true
  if [ "$status" = "$refused" ]; then exit 1; fi
  exit "$status"
}

# variable NAME VALUE: a plain value for apply.sh; a change of it counts as `changed`.
variable() {
  export "$1=$2"
  echo "variable $1 $(printf %s "$2" | sha256sum | cut -c -64)" >>"$now"
}

# put PATH MODE OWNER [exact] <FILE: the whole file or none, in the place of what is there.
# With "exact" the last newline, which a here-document always has, is no part of it.
put() {
  local path=$1 mode=$2 owner=$3 new
  new=$(dirname "$path")/.$(basename "$path").odoo-platform-new
  [ -d "$(dirname "$path")" ] || install -d -m 0755 "$(dirname "$path")"
  if [ "${4:-}" = exact ]; then head -c -1 >"$new"; else cat >"$new"; fi
  # The mode comes last: whoever owns it may read it only when it is whole.
  chown "$owner" "$new"
  chmod "$mode" "$new"
  echo "file $path $(sha256sum <"$new" | cut -c -64) $mode $owner" >>"$now"
  if cmp -s "$new" "$path" && [ "$(stat -c '%a %U:%G %u:%g' "$new")" = "$(stat -c '%a %U:%G %u:%g' "$path")" ]; then
    rm "$new"
  else
    mv -fT "$new" "$path"
  fi
}

# Files that the last run put and this one does not are gone.
prune() {
  local path
  while read -r path; do
    [[ $'\n'$(cut -d' ' -f1,2 "$now")$'\n' == *$'\n'"file $path"$'\n'* ]] || rm -f "$path"
  done < <(sed -n 's/^file \([^ ]*\) .*/\1/p' "$stamp")
}

# changed [PATH|VARIABLE...]: whether these (or anything at all) differ from what the last run that came to its end knew.
changed() {
  local one
  if [ $# = 0 ]; then
    if cmp -s "$now" "$stamp"; then return 1; fi
    return 0
  fi
  for one; do
    [ "$(grep -F " $one " "$now" || true)" = "$(grep -F " $one " "$stamp" || true)" ] || return 0
  done
  return 1
}

# finish: the run came to its end; what it put is what later runs compare with.
finish() {
  mv -fT "$now" "$stamp"
  sync -f "$state"
  exit 0
}

# wait_until SECONDS COMMAND...: whether the command succeeded in that time.
wait_until() {
  local end=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    [ "$SECONDS" -lt "$end" ] || return 1
    sleep 0.5
  done
}

installed() {
  [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# packages NAME...: has Debian's packages installed. Waits for whoever else installs, repairs what was interrupted, and
# tries again when a mirror fails.
packages() {
  local missing=() name attempt
  for name; do installed "$name" || missing+=("$name"); done
  [ ${#missing[@]} -gt 0 ] || return 0
  say "installing ${missing[*]}"
  for attempt in 1 2 3 4 5; do
    # Without the lock's descriptor: what they start may outlive this run.
    if (umask 022 && install_packages "${missing[@]}") 9>&-; then return 0; fi
    [ "$attempt" = 5 ] || sleep $((attempt * 3))
  done
  fail "Debian's packages ${missing[*]} could not be installed ($(grep -E '^(E|Err|dpkg):' "$log" | tail -n 1 | cut -c -300)); see that the machine reaches its mirror, then run it again"
}

install_packages() {
  local before options=(-q -y -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold)
  before=$(installed_names)
  # An interrupted dpkg refuses everything until this has run; while another one works, apt waits below.
  if [ -n "$(dpkg --audit 2>&1)" ]; then dpkg --force-confdef --force-confold --configure -a || true; fi
  # Only with fresh lists: a stale one names files that the mirror no longer has.
  apt-get "${options[@]}" update || return 1
  apt-get "${options[@]}" --fix-broken install || return 1
  apt-get "${options[@]}" --no-install-recommends install "$@" || return 1
  # What came by this, so that drift knows it from what somebody else installs.
  installed_names | comm -13 <(echo "$before") - >>"$state/packages"
}
installed_names() { dpkg-query -W -f='${db:Status-Status} ${Package}\n' | sed -n 's/^installed //p' | sort; }
