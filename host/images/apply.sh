# Brings every image to the machine before anything stops for it. What is there is not asked for again, so a registry
# that is down matters only to what is new.
#
# variables: IMAGES, references with spaces between, IMAGE_REGISTRY, whose credentials are in the file below
# shellcheck source=host/images/containers.sh
. /usr/local/lib/odoo-platform/containers.sh
need_docker
need_network

credentials=/run/odoo-platform/registry-credentials

there() { docker image inspect "$1" >/dev/null 2>&1; }

# pull IMAGE: the reason of a failure is in $reason.
pull() {
  local attempt
  for attempt in 1 2 3; do
    if reason=$(timeout 1200 docker pull --quiet "$1" 2>&1); then return 0; fi
    echo "$reason"
    case $reason in
      *denied* | *unauthorized* | *"authentication required"* | *"no basic auth"* | *"manifest unknown"* | *"not found"* | *"no space left"*) return 1 ;;
    esac
    [ "$attempt" = 3 ] || sleep $((attempt * 3))
  done
  return 1
}

explain() {
  local last
  last=$(tail -n 1 <<<"$reason" | cut -c -300)
  case $reason in
    *denied* | *unauthorized* | *"authentication required"* | *"no basic auth"*) fail "$IMAGE_REGISTRY does not let this machine have $1; set the secret registryCredentials to user:token of somebody who may, or see that the image is there ($last)" ;;
    *"manifest unknown"* | *"not found"*) fail "there is no $1; push it first, or name another release ($last)" ;;
    *"no space left"*) fail "the machine's disk is full; remove what is not needed (docker system df shows what images take), then run it again ($last)" ;;
    *) fail "$1 cannot be pulled, ${1%%/*} does not answer as a registry does; see that it is up and that the machine reaches it, then run it again ($last)" ;;
  esac
}

missing=()
for image in $IMAGES; do
  # A tag can have moved on; a digest is what it is.
  [[ $image == *@sha256:* ]] && there "$image" || missing+=("$image")
done

bring() {
  local image
  # In memory, and gone with this subshell, whichever way it ends.
  DOCKER_CONFIG=$(mktemp -d /run/odoo-platform/docker.XXXXXX)
  export DOCKER_CONFIG
  trap 'rm -rf "$DOCKER_CONFIG"' EXIT
  if [ -s "$credentials" ]; then
    reason=$(cut -d: -f2- "$credentials" | docker login --username "$(cut -d: -f1 "$credentials")" --password-stdin "$IMAGE_REGISTRY" 2>&1) || {
      # Left to the pulls to say, when it is the registry that does not answer and nothing new is needed.
      echo "$reason"
    }
  fi
  for image in "${missing[@]}"; do
    there "$image" || say "pulling $image"
    if pull "$image"; then continue; fi
    if there "$image"; then
      say "$image could not be asked for again, what is here stays"
    else
      explain "$image"
    fi
  done
}

[ ${#missing[@]} = 0 ] || (bring)
rm -f "$credentials"
