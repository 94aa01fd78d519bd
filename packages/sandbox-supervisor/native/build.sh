#!/bin/sh
# Compiles claw-supervisor as a static program that runs on any Linux of its architecture.
#   build.sh OUTPUT [compiler options]
# CC names the compiler. Without it musl's is taken, whose program is a twentieth of glibc's, then cc.
set -eu
source=$(cd "$(dirname "$0")" && pwd)
output=$1
shift

if [ -z "${CC:-}" ]; then
  for CC in musl-gcc cc gcc; do command -v "$CC" >/dev/null && break; done
fi
command -v "$CC" >/dev/null || { echo "claw-supervisor: no C compiler; install musl-tools and gcc" >&2; exit 1; }
[ $# -gt 0 ] || set -- -O2 -static -s

mkdir -p "$(dirname "$output")"
partial=$output.$$
trap 'rm -f "$partial"' EXIT
"$CC" -std=c11 -D_GNU_SOURCE -Wall -Wextra -Werror -Wshadow -Wconversion -fstack-protector-strong \
  -Wl,-z,relro,-z,now,-z,noexecstack "$@" -o "$partial" "$source"/*.c
# In one step, because others may be starting it.
mv "$partial" "$output"
