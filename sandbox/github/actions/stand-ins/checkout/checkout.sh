#!/usr/bin/env bash
# What actions/checkout does, from a clone on this computer. The objects are borrowed from it, so that it takes no time.
set -euo pipefail
place=$GITHUB_WORKSPACE/$CHECKOUT_PATH
mkdir -p "$place"
if [ -n "${SANDBOX_CHECKOUT_GIT:-}" ]; then
  git clone --quiet --shared --no-checkout "$SANDBOX_CHECKOUT_GIT" "$place"
  git -C "$place" -c advice.detachedHead=false checkout --quiet --detach "${CHECKOUT_REF:-$SANDBOX_CHECKOUT_COMMIT}"
  # Set-up has been here: nothing is installed twice.
  ln -s "$SANDBOX_CHECKOUT_GIT/node_modules" "$place/node_modules"
  echo /node_modules >>"$place/.git/info/exclude"
  # What git does not hold: the settings of the sandbox's stacks. Locks are shared with whoever works in the checkout.
  find "$SANDBOX_CHECKOUT_PROJECT" -maxdepth 1 -name 'Pulumi.sandbox*.yaml' -exec cp -t "$place" {} +
  mkdir -p "$SANDBOX_CHECKOUT_PROJECT/.platform/locks" "$place/.platform"
  ln -s "$SANDBOX_CHECKOUT_PROJECT/.platform/locks" "$place/.platform/locks"
fi
cp -R "$SANDBOX_CHECKOUT_FILES/." "$place"
echo "Checked out ${CHECKOUT_REF:-${SANDBOX_CHECKOUT_COMMIT:-$GITHUB_SHA}}"
