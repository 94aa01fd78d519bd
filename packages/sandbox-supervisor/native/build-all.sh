#!/bin/sh
# Compiles the supervisor into bin/, for each architecture that this machine has a compiler for.
#   --all   fail when one is missing, as for a release
set -eu
cd "$(dirname "$0")"
mode=${1:-}

build() {
  architecture=$1
  shift
  output=../bin/claw-supervisor-$architecture
  if [ -e "$output" ] && [ -z "$(find . -newer "$output" -name '*.[ch]')" ]; then return; fi
  for CC in "$@"; do
    if command -v "$CC" >/dev/null && CC=$CC ./build.sh "$output"; then return; fi
  done
  echo "claw-supervisor: not compiled for $architecture, which needs one of: $*" >&2
  if [ "$mode" = --all ]; then exit 1; fi
}

case $(uname -s)-$(uname -m) in
  Linux-x86_64) build x64 musl-gcc cc; build arm64 aarch64-linux-gnu-gcc ;;
  Linux-aarch64) build arm64 musl-gcc cc; build x64 x86_64-linux-gnu-gcc ;;
  *) build x64 x86_64-linux-musl-gcc x86_64-linux-gnu-gcc; build arm64 aarch64-linux-musl-gcc aarch64-linux-gnu-gcc ;;
esac
