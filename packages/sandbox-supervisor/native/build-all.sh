#!/bin/sh
# Compiles the supervisor for each architecture that this machine has a compiler for, into bin/.
set -eu
cd "$(dirname "$0")"

build() {
  architecture=$1
  shift
  output=../bin/claw-supervisor-$architecture
  if [ -e "$output" ] && [ -z "$(find . -newer "$output" -name '*.[ch]')" ]; then return; fi
  for CC in "$@"; do
    if command -v "$CC" >/dev/null; then
      CC=$CC ./build.sh "$output"
      return
    fi
  done
  echo "claw-supervisor: no compiler for $architecture (one of: $*). Docker images compile their own; bubblewrap starts a sandbox for each command."
}

case $(uname -s)-$(uname -m) in
  Linux-x86_64) build x64 musl-gcc cc; build arm64 aarch64-linux-gnu-gcc ;;
  Linux-aarch64) build arm64 musl-gcc cc; build x64 x86_64-linux-gnu-gcc ;;
  *) build x64 x86_64-linux-musl-gcc x86_64-linux-gnu-gcc; build arm64 aarch64-linux-musl-gcc aarch64-linux-gnu-gcc ;;
esac
