#!/usr/bin/env bash
# The one part of the sandbox that needs root: it boots machines and gives them a network. Everything else runs as you.
# Called by helper.ts as root, or through `sudo -n`. What it makes on the computer is listed by `list` and gone after `down`:
#   /run/odoo-sandbox      what runs: mounts, process ids, the world that they belong to
#   odoo-sandbox           a bridge, an nftables table, a cgroup, lines in /etc/hosts between two marks
# The disks are the caller's own files. Nothing else is kept.
set -euo pipefail
umask 022
export LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

readonly run=/run/odoo-sandbox bridge=odoo-sandbox table=odoo_sandbox
readonly marks=('# odoo-sandbox: begin' '# odoo-sandbox: end')

fail() {
  echo "$1" >&2
  exit 1
}

# name: of a machine or volume, which becomes a part of paths.
checked() {
  [[ $1 =~ ^[a-z0-9][a-z0-9-]{0,63}$ ]] || fail "\"$1\" is no name"
  printf '%s' "$1"
}

owned_by_caller() { if [ -n "${SUDO_UID:-}" ]; then chown "$SUDO_UID:${SUDO_GID:-$SUDO_UID}" "$@"; fi; }

### Packages that this computer lacks

install_packages() {
  export DEBIAN_FRONTEND=noninteractive
  apt-get -qq -o DPkg::Lock::Timeout=300 update
  apt-get -qq -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "$@"
}

### Base images

# image FILE SIZE_GB PACKAGE...: a Debian 13 disk image. It appears under its name only when it is whole.
image() {
  local file=$1 size=$2
  shift 2
  clear_image "$file" # what a build that was killed has left
  trap 'clear_image "'"$file"'"' EXIT
  mkdir -p "$file.build/root"
  truncate -s "${size}G" "$file.build/disk.img"
  mkfs.xfs -q -m reflink=1 "$file.build/disk.img"
  mount -o loop "$file.build/disk.img" "$file.build/root"
  mmdebstrap --quiet --mode=root --variant=minbase --include="$(
    IFS=,
    echo "$*"
  )" trixie "$file.build/root"
  (
    cd "$file.build/root"
    # What is personal to a machine is made at its first boot.
    rm -f etc/ssh/ssh_host_* etc/resolv.conf etc/hostname
    : >etc/machine-id
    systemctl --root=. enable systemd-networkd.service ssh.service >/dev/null 2>&1
  )
  umount "$file.build/root"
  owned_by_caller "$file.build/disk.img"
  mv "$file.build/disk.img" "$file"
}
clear_image() {
  umount -q "$1.build/root" || true
  rm -rf "$1.build"
}

# tarball FILE PACKAGE...: a minimal Debian 13 root for `docker import`.
tarball() {
  local file=$1
  shift
  mmdebstrap --quiet --mode=root --variant=minbase ${1:+"--include=$1"} trixie "$file.partial.tar" >&2
  owned_by_caller "$file.partial.tar"
  mv "$file.partial.tar" "$file"
}

### Network

# network WORLD PID ADDRESS...: the bridge, with its addresses. One world at a time.
network() {
  local world=$1 pid=$2 owner owner_pid
  shift 2
  if [ -e "$run/world" ]; then
    { read -r owner_pid && read -r owner; } <"$run/world"
    if [ "$owner" != "$world" ] && kill -0 "$owner_pid" 2>/dev/null; then
      fail "the machines of another sandbox run: $owner"
    fi
    [ "$owner" = "$world" ] || down
  fi
  mkdir -p "$run/machines"
  printf '%s\n%s\n' "$pid" "$world" >"$run/world"
  [ -e "$run/ip_forward" ] || cat /proc/sys/net/ipv4/ip_forward >"$run/ip_forward"
  echo 1 >/proc/sys/net/ipv4/ip_forward
  ip link show "$bridge" >/dev/null 2>&1 || ip link add "$bridge" type bridge
  for address in "$@"; do ip address replace "$address" dev "$bridge"; done
  ip link set "$bridge" up
  # Where Docker runs it drops whatever it does not know.
  if iptables -n -L DOCKER-USER >/dev/null 2>&1; then
    for way in -i -o; do
      iptables -C DOCKER-USER $way "$bridge" -j ACCEPT 2>/dev/null || iptables -I DOCKER-USER $way "$bridge" -j ACCEPT
    done
  fi
}

# rules SOURCE ADDRESS...: the nftables ruleset on standard input, and a route to each machine, seen from SOURCE.
rules() {
  local source=$1 known
  shift
  nft -f -
  for address in "$@"; do ip route replace "$address/32" dev "$bridge" src "$source"; done
  known=" $* "
  ip -4 route show dev "$bridge" scope link proto boot | while read -r address _; do
    [[ $known == *" $address "* ]] || ip route del "$address/32" dev "$bridge"
  done
}

# hosts: lines for /etc/hosts on standard input, in place of those of before. In place, because it may be a mount.
hosts() {
  local others lines
  lines=$(cat)
  others=$(sed "/^${marks[0]}\$/,/^${marks[1]}\$/d" /etc/hosts)
  if [ -n "$lines" ]; then
    printf '%s\n%s\n%s\n%s\n' "$others" "${marks[0]}" "$lines" "${marks[1]}" >/etc/hosts
  else
    printf '%s\n' "$others" >/etc/hosts
  fi
}

### Machines

# boot NAME DISK SEED CONSOLE MEMORY_MB VCPUS: in the background, until it is stopped; a reboot inside boots it again.
# SEED is a folder that is laid over the disk before each boot. $run/machines/NAME/volumes names what is attached.
boot() {
  local name
  name=$(checked "$1")
  if alive "$name"; then return; fi
  mkdir -p "$run/machines/$name"
  touch "$run/machines/$name/volumes"
  setsid -f "$0" supervise "$@" </dev/null >>"$4" 2>&1
}

supervise() {
  local name=$1 disk=$2 seed=$3 memory=$5 vcpus=$6 folder=$run/machines/$1 code=133
  echo $$ >"$folder/supervisor"
  limit "$name" "$memory" "$vcpus"
  while [ "$code" = 133 ]; do # "reboot", by systemd-nspawn's --keep-unit
    mkdir -p "$folder/root"
    mountpoint -q "$folder/root" || mount -o loop,nouuid "$disk" "$folder/root"
    xfs_growfs "$folder/root" >/dev/null
    cp -r --no-preserve=ownership "$seed/." "$folder/root/"
    chmod -R go-rwx "$folder/root/var/lib/cloud/seed" 2>/dev/null || true
    local devices=()
    while read -r volume file; do
      devices+=("--bind=$(loop_of "$file"):/dev/disk/by-id/scsi-0DO_Volume_$volume")
    done <"$folder/volumes"
    code=0
    SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 systemd-nspawn --quiet --boot --directory="$folder/root" --machine="$name" \
      --register=no --keep-unit --network-bridge="$bridge" --resolv-conf=off --timezone=off --link-journal=no --console=pipe \
      --capability=all --system-call-filter='add_key keyctl bpf' "${devices[@]}" &
    echo $! >"$folder/nspawn"
    wait $! || code=$?
  done
  echo "machine $name ended with code $code"
  clear_away "$name"
}

# What a machine may use: the whole of it, in both kinds of cgroup. Its own tools still see the computer's figures.
limit() {
  local name=$1 memory=$(($2 * 1024 * 1024)) vcpus=$3 group
  if [ -d /sys/fs/cgroup/memory ]; then
    group=/sys/fs/cgroup/memory/$bridge/$name
    mkdir -p "$group" "/sys/fs/cgroup/cpu/$bridge/$name"
    echo "$memory" >"$group/memory.limit_in_bytes"
    echo 100000 >"/sys/fs/cgroup/cpu/$bridge/$name/cpu.cfs_period_us"
    echo $((vcpus * 100000)) >"/sys/fs/cgroup/cpu/$bridge/$name/cpu.cfs_quota_us"
    echo $$ >"$group/cgroup.procs"
    echo $$ >"/sys/fs/cgroup/cpu/$bridge/$name/cgroup.procs"
  elif [ -e /sys/fs/cgroup/cgroup.controllers ]; then
    group=/sys/fs/cgroup/$bridge/$name
    mkdir -p "$group"
    echo '+memory +cpu' >"/sys/fs/cgroup/$bridge/cgroup.subtree_control"
    echo "$memory" >"$group/memory.max"
    echo "$((vcpus * 100000)) 100000" >"$group/cpu.max"
    echo $$ >"$group/cgroup.procs"
  fi
}

running_pid() { # FILE: the process id in it, if that process lives
  local pid
  pid=$(cat "$1" 2>/dev/null) && [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null && echo "$pid"
}
alive() { running_pid "$run/machines/$1/supervisor" >/dev/null; }

# The machine's own process 1, as seen from here.
leader() {
  local nspawn
  nspawn=$(running_pid "$run/machines/$1/nspawn") || return 1
  awk '{ print $1 }' "/proc/$nspawn/task/$nspawn/children"
}

# stop NAME [now]: in order, as ACPI would ask for; or like a pulled plug.
stop() {
  local name=$1 pid
  alive "$name" || return 0
  pid=$(leader "$name") || pid=
  if [ "${2:-}" != now ] && [ -n "$pid" ]; then
    kill -SIGRTMIN+4 "$pid" 2>/dev/null || true
    for _ in $(seq 600); do
      alive "$name" || return 0
      sleep 0.1
    done
  fi
  pull_the_plug "$name"
}

pull_the_plug() {
  local name=$1 folder=$run/machines/$1 pid
  # The supervisor first, or it would boot again.
  for file in supervisor nspawn; do
    if pid=$(running_pid "$folder/$file"); then
      [ "$file" = supervisor ] || { pid=$(leader "$name" || echo "$pid"); }
      kill -KILL "$pid" 2>/dev/null || true
    fi
  done
  for _ in $(seq 100); do
    running_pid "$folder/nspawn" >/dev/null || break
    sleep 0.05
  done
  clear_away "$name"
}

# restart NAME: what "reboot" in the vendor's console does.
restart() {
  local pid
  pid=$(leader "$1") || fail "$1 does not run"
  kill -INT "$pid"
}

clear_away() {
  local name=$1 folder=$run/machines/$1
  for _ in $(seq 20); do
    umount -q "$folder/root" || true
    mountpoint -q "$folder/root" || break
    sleep 0.2
  done
  if mountpoint -q "$folder/root"; then umount -l "$folder/root"; fi
  while read -r _ file; do free_loop "$file"; done <"$folder/volumes"
  rm -rf "$folder/root" "$folder/supervisor" "$folder/nspawn"
  for group in /sys/fs/cgroup/{memory,cpu,.}/"$bridge/$name"; do rmdir "$group" 2>/dev/null || true; done
}

# forget NAME: a machine that is deleted. Its disk is the caller's to remove.
forget() {
  stop "$1" now
  rm -rf "${run:?}/machines/$1"
}

### Volumes

# volume FILE SIZE_GB FILESYSTEM LABEL: an empty one.
volume() {
  truncate -s "${2}G" "$1"
  case $3 in
    xfs) mkfs.xfs -q -m reflink=1 ${4:+-L "${4:0:12}"} "$1" ;;
    ext4) mkfs.ext4 -q ${4:+-L "${4:0:16}"} "$1" ;;
    '') ;;
    *) fail "\"$3\" is no file system of a volume" ;;
  esac
  owned_by_caller "$1"
}

loop_of() {
  local device
  device=$(losetup --associated "$1" --noheadings --output NAME | head -n 1)
  if [ -z "$device" ]; then device=$(losetup --find --show "$1"); fi
  printf '%s' "$device"
}
free_loop() { losetup --associated "$1" --noheadings --output NAME | xargs -r -n 1 losetup --detach 2>/dev/null || true; }

# attach NAME VOLUME FILE: to a machine that may be running.
attach() {
  local name=$1 volume folder=$run/machines/$1 pid device
  volume=$(checked "$2")
  mkdir -p "$folder"
  touch "$folder/volumes"
  grep -q "^$volume " "$folder/volumes" || echo "$volume $3" >>"$folder/volumes"
  pid=$(leader "$name") || return 0
  device=$(loop_of "$3")
  # shellcheck disable=SC2016 # they are the inner shell's
  nsenter -t "$pid" -m sh -c 'mkdir -p /dev/disk/by-id && rm -f "$1" && mknod "$1" b "$2" "$3"' sh \
    "/dev/disk/by-id/scsi-0DO_Volume_$volume" $((0x$(stat -c %t "$device"))) $((0x$(stat -c %T "$device")))
}

# detach NAME VOLUME FILE: also one that is in use; what was not written by then is lost, as with a real one.
detach() {
  local name=$1 volume=$2 folder=$run/machines/$1 pid
  if [ -e "$folder/volumes" ]; then sed -i "/^$volume /d" "$folder/volumes"; fi
  if pid=$(leader "$name"); then
    # shellcheck disable=SC2016
    nsenter -t "$pid" -m sh -c 'umount -l "$1" 2>/dev/null; rm -f "$1"' sh "/dev/disk/by-id/scsi-0DO_Volume_$volume" || true
  fi
  free_loop "$3"
}

# grow FILE SIZE_GB: the file system inside is the machine's own to grow.
grow() {
  truncate -s "${2}G" "$1"
  losetup --associated "$1" --noheadings --output NAME | xargs -r -n 1 losetup --set-capacity
}

### What there is, and its end

list() {
  if [ -e "$run/world" ]; then echo "world $(sed -n 2p "$run/world")"; fi
  if ip link show "$bridge" >/dev/null 2>&1; then echo "bridge $bridge"; fi
  if nft list table inet "$table" >/dev/null 2>&1; then echo "rules inet $table"; fi
  if grep -q "^${marks[0]}\$" /etc/hosts; then echo "hosts /etc/hosts"; fi
  awk -v run="$run/" 'index($2, run) == 1 { print "mount " $2 }' /proc/mounts
  for folder in "$run"/machines/*/; do
    [ -d "$folder" ] || continue
    name=$(basename "$folder")
    if pid=$(running_pid "$folder/supervisor"); then echo "machine $name $pid"; fi
  done
  if [ -d "$run" ]; then echo "folder $run"; fi
}

# down: everything that runs ends and everything that was made goes, also what a crash has left.
down() {
  local folder name
  for folder in "$run"/machines/*/; do
    [ -d "$folder" ] || continue
    name=$(basename "$folder")
    touch "$folder/volumes"
    stop "$name" & # all at once: each takes seconds to shut down
  done
  wait
  for folder in "$run"/machines/*/; do if [ -d "$folder" ]; then pull_the_plug "$(basename "$folder")"; fi; done
  nft delete table inet "$table" 2>/dev/null || true
  for way in -i -o; do iptables -D DOCKER-USER $way "$bridge" -j ACCEPT 2>/dev/null || true; done
  ip link delete "$bridge" 2>/dev/null || true
  if [ -e "$run/ip_forward" ]; then cat "$run/ip_forward" >/proc/sys/net/ipv4/ip_forward; fi
  hosts </dev/null
  rmdir /sys/fs/cgroup/{memory,cpu,.}/"$bridge" 2>/dev/null || true
  rm -rf "$run"
}

verb=${1:-}
shift || true
case $verb in
  install) install_packages "$@" ;;
  true) ;;
  image | tarball | network | rules | hosts | boot | supervise | stop | restart | forget | volume | attach | detach | grow | list | down)
    "$verb" "$@"
    ;;
  *) fail "\"$verb\" is none of its verbs" ;;
esac
