#!/usr/bin/env bash
# Brings back what an earlier job of the run has kept.
set -euo pipefail
shopt -s nullglob
mkdir -p "$ARTIFACT_PATH"
if [ -n "$ARTIFACT_NAME" ]; then
  [ -d "$SANDBOX_ARTIFACTS/$ARTIFACT_NAME" ] || {
    echo "::error::Artifact not found for name: $ARTIFACT_NAME"
    exit 1
  }
  cp -R "$SANDBOX_ARTIFACTS/$ARTIFACT_NAME/." "$ARTIFACT_PATH"
  exit 0
fi
# shellcheck disable=SC2231
for folder in "$SANDBOX_ARTIFACTS"/${ARTIFACT_PATTERN:-*}; do
  place=$ARTIFACT_PATH
  [ "$ARTIFACT_MERGE" = true ] || place=$ARTIFACT_PATH/${folder##*/}
  mkdir -p "$place"
  cp -R "$folder/." "$place"
done
