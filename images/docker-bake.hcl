# All images, for `docker buildx bake`, from the root of the checkout:
#
#   REGISTRY=registry.example.com REPOSITORY=acme/odoo TAG=2026.11.1 docker buildx bake -f images/docker-bake.hcl --push
#
# images/build.sh does that and says the digests. Variables are set by the environment.

# Host, and port if it has one, of the team's registry.
variable "REGISTRY" {
  default = "localhost:5000"
}
# Of the Odoo image; the others' names begin with it: acme/odoo-postgres.
variable "REPOSITORY" {
  default = "odoo"
}
# Of the Odoo image. The others are tagged by the major version of what they hold.
variable "TAG" {
  default = "latest"
}
# What the Odoo image begins from; where there is no Docker Hub, what the target odoo-base makes.
variable "ODOO_BASE" {
  default = "docker.io/library/odoo:19.0"
}
# What the others begin from: Debian 13, no other.
variable "DEBIAN_BASE" {
  default = "docker.io/library/debian:trixie-slim"
}
# Certificates to trust when packages are downloaded (PEM file), for networks that look into TLS.
variable "CA_FILE" {
  default = ""
}
# File with a token that can read the repositories of the manifest's modules from git, where they are private.
variable "GIT_TOKEN_FILE" {
  default = ""
}
# An image pushed before, whose layers need not be built again: registry.example.com/acme/odoo:2026.11.0
variable "CACHE_FROM" {
  default = ""
}
# The commit that the images are built from, so that a release says which one it is and can be gone back to by it.
variable "REVISION" {
  default = ""
}

group "default" {
  targets = ["odoo", "postgres", "mail-catcher"]
}

target "_image" {
  context  = "."
  args     = { DEBIAN_BASE = DEBIAN_BASE }
  platforms = ["linux/amd64"]
  secret   = CA_FILE == "" ? [] : ["id=ca,src=${CA_FILE}"]
  # Attestations would make an index of each image, whose digest is not the one that `docker inspect` says.
  attest = ["type=provenance,disabled=true", "type=sbom,disabled=true"]
}

target "odoo" {
  inherits   = ["_image"]
  dockerfile = "images/odoo/Dockerfile"
  args       = { ODOO_BASE = ODOO_BASE }
  tags       = ["${REGISTRY}/${REPOSITORY}:${TAG}"]
  labels     = REVISION == "" ? {} : { "org.opencontainers.image.revision" = REVISION }
  secret = concat(
    CA_FILE == "" ? [] : ["id=ca,src=${CA_FILE}"],
    GIT_TOKEN_FILE == "" ? [] : ["id=git-token,src=${GIT_TOKEN_FILE}"],
  )
  cache-from = CACHE_FROM == "" ? [] : ["type=registry,ref=${CACHE_FROM}"]
  cache-to   = ["type=inline"]
}

target "postgres" {
  inherits   = ["_image"]
  dockerfile = "images/postgres/Dockerfile"
  tags       = ["${REGISTRY}/${REPOSITORY}-postgres:17"]
}

target "mail-catcher" {
  inherits   = ["_image"]
  dockerfile = "images/mail-catcher/Dockerfile"
  tags       = ["${REGISTRY}/${REPOSITORY}-mail-catcher:3"]
}

target "n8n" {
  inherits   = ["_image"]
  dockerfile = "images/n8n/Dockerfile"
  tags       = ["${REGISTRY}/${REPOSITORY}-n8n:2"]
}

# Not pushed: stays in the Docker that builds it, under the name that ODOO_BASE then gives.
target "odoo-base" {
  inherits   = ["_image"]
  dockerfile = "images/odoo-base/Dockerfile"
  tags       = [ODOO_BASE]
}
