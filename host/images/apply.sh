# Brings every image to the machine before anything stops for it. What is there is not asked for again, so a registry
# that is down matters only to what is new.
#
# variables: IMAGES, references with spaces between, IMAGE_REGISTRY, whose credentials are in the file below
# shellcheck source=host/images/containers.sh
. /usr/local/lib/odoo-platform/containers.sh
need_docker
need_network

credentials=/run/odoo-platform/registry-credentials

missing=()
for image in $IMAGES; do
  # A tag can have moved on; a digest is what it is.
  [[ $image == *@sha256:* ]] && has_image "$image" || missing+=("$image")
done

bring() {
  local image
  # Left to the pulls to say, when it is the registry that does not answer and nothing new is needed.
  registry_login "$IMAGE_REGISTRY" "$(cat "$credentials" 2>/dev/null || true)" || true
  for image in "${missing[@]}"; do
    has_image "$image" || say "pulling $image"
    if pull "$image"; then continue; fi
    if has_image "$image"; then
      say "$image could not be asked for again, what is here stays"
    else
      explain "$image"
    fi
  done
}

# A tag that moved on leaves the image of before without a name. Those of releases have none either, and are kept by odoo's concern.
forget_old() {
  local image
  for image in $IMAGES; do
    [[ $image != *@sha256:* ]] || continue
    # What a container still runs on is refused, and goes next time.
    docker image ls --filter dangling=true --format '{{.ID}}' "${image%:*}" | xargs -r -n 1 docker image rm >/dev/null 2>&1 || true
  done
}

[ ${#missing[@]} = 0 ] || (bring)
rm -f "$credentials"
forget_old
