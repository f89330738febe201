#!/usr/bin/env bash
# Keeps files of the workspace as an artifact: of a folder what is in it, of anything else itself.
set -euo pipefail
shopt -s nullglob globstar dotglob
place=$SANDBOX_ARTIFACTS/$ARTIFACT_NAME
found=0
while IFS= read -r pattern; do
  [ -n "$pattern" ] || continue
  # A pattern is meant to be spread.
  # shellcheck disable=SC2206
  paths=($pattern)
  for path in "${paths[@]}"; do
    [ -e "$path" ] || continue
    mkdir -p "$place"
    if [ -d "$path" ]; then cp -R "$path/." "$place"; else cp "$path" "$place"; fi
    found=$((found + 1))
  done
done <<<"$ARTIFACT_PATH"
if [ "$found" -gt 0 ]; then
  echo "Kept as artifact \"$ARTIFACT_NAME\""
elif [ "$ARTIFACT_NONE" = error ]; then
  echo "::error::No files were found with the provided path: $ARTIFACT_PATH"
  exit 1
elif [ "$ARTIFACT_NONE" = warn ]; then
  echo "::warning::No files were found with the provided path: $ARTIFACT_PATH"
fi
