#!/usr/bin/env bash
# Makes the root filesystem the sandbox image is built from where no registry can be reached, and prints its path.
# A second run finds the first one's file: its name is a digest of this script.
#   --path   only print where the file is or would be
set -euo pipefail

suite=bookworm
packages=bash,ca-certificates,curl,git,jq,procps,python3,ripgrep

cache=${CLAW_CACHE_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/claw}
key=$(sha256sum <"$0" | cut -c1-16)-$(uname -m)
rootfs=$cache/sandbox-rootfs-$key.tar

if [[ ${1:-} == --path || -s $rootfs ]]; then
  echo "$rootfs"
  exit
fi

say() { echo "sandbox-rootfs: $*" >&2; }

as_root() {
  if [[ $(id -u) == 0 ]]; then "$@"; else sudo "$@"; fi
}

if ! command -v mmdebstrap >/dev/null; then
  say "installing mmdebstrap"
  as_root apt-get install -y --no-install-recommends mmdebstrap >&2
fi

mkdir -p "$cache"
partial=$(mktemp -d "$cache/rootfs-XXXXXX")
trap 'rm -rf "$partial"' EXIT
say "building a Debian $suite root filesystem, about a minute"
# A fixed date makes two builds of the same packages identical.
SOURCE_DATE_EPOCH=1700000000 mmdebstrap --variant=minbase --include="$packages" \
  --dpkgopt='path-exclude=/usr/share/man/*' \
  --dpkgopt='path-exclude=/usr/share/locale/*' \
  --dpkgopt='path-exclude=/usr/share/doc/*' \
  "$suite" "$partial/rootfs.tar" >&2
# Only a whole file gets the name that later runs look for.
mv "$partial/rootfs.tar" "$rootfs"
say "done"
echo "$rootfs"
