#!/usr/bin/env bash
# Installs and starts what Claw's sandboxes and tests use on Debian or Ubuntu. Safe to repeat.
set -euo pipefail

usage() {
  cat <<'TEXT'
Usage: scripts/services.sh [--help] [--packages-only]

Sets this machine up for Docker sandboxes and for every test of the repository. Run as root on Debian 12 or newer or
Ubuntu 22.04 or newer. What is there already is left alone. Steps:

  1. apt packages: bubblewrap (sandboxes), gcc and musl-tools (their supervisor), mmdebstrap and curl (their image),
     chromium, tmux and jq (tests)
  2. a Docker engine, when none answers                    scripts/docker-engine.sh
  3. the root file system of the sandbox image             scripts/sandbox-rootfs.sh
  4. the image claw-sandbox:bookworm                       claw sandbox build

Options:
  --packages-only   stop after step 1
  --help            this text

Environment:
  CLAW_SANDBOX_ROOTFS   a root file system (.tar) made earlier; skips step 3
TEXT
}

packages_only=false
for argument in "$@"; do
  case "$argument" in
    --help | -h) usage; exit 0 ;;
    --packages-only) packages_only=true ;;
    *) echo "services: unknown option $argument" >&2; usage >&2; exit 2 ;;
  esac
done

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
image=claw-sandbox:bookworm
socket=/var/run/docker.sock
say() { echo "services: $*"; }
fail() { echo "services: $*" >&2; exit 1; }

[ "$(id -u)" = 0 ] || fail "installing packages and starting an engine needs root: run 'sudo scripts/services.sh'"
command -v apt-get >/dev/null || fail "only Debian and Ubuntu are supported; on another system install Docker and bubblewrap with its own tools"

install_packages() {
  # Looked for by program, so that one from another source than apt counts.
  local missing=()
  while read -r program packages; do
    # shellcheck disable=SC2206 # one program may need several
    command -v "$program" >/dev/null || missing+=($packages)
  done <<'LIST'
bwrap bubblewrap
mmdebstrap mmdebstrap
gcc gcc libc6-dev
musl-gcc musl-tools
curl curl
chromium chromium
tmux tmux
jq jq
slowhttptest slowhttptest
cc gcc libc6-dev
LIST
  if [ ${#missing[@]} -eq 0 ]; then
    say "all packages are installed"
    return
  fi
  say "installing ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends "${missing[@]}" ca-certificates </dev/null >/dev/null
}

image_exists() {
  # The engine itself is asked: a program called docker may be anything, or missing.
  curl -sf --max-time 10 --unix-socket "$socket" "http://localhost/images/$image/json" >/dev/null
}

build_image() {
  if image_exists; then
    say "image $image is there"
    return
  fi
  local rootfs
  rootfs=${CLAW_SANDBOX_ROOTFS:-$("$root/scripts/sandbox-rootfs.sh")}
  say "building $image"
  (cd "$root" && npm run -s claw -- sandbox build --rootfs "$rootfs")
}

install_packages
if [ "$packages_only" = true ]; then exit 0; fi
"$root/scripts/docker-engine.sh"
build_image
say "ready"
