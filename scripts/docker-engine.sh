#!/usr/bin/env bash
# Makes sure a Docker engine answers: does nothing when one does, else installs Debian's docker.io and starts dockerd.
# Asks the socket itself and never the program "docker" on PATH, which may be anything.
#   DOCKER_HOST         unix:// socket to ask and to serve; default unix:///var/run/docker.sock
#   CLAW_DOCKERD_FLAGS  further flags for dockerd, for instance --data-root
set -euo pipefail

socket=${DOCKER_HOST:-unix:///var/run/docker.sock}
log=${TMPDIR:-/tmp}/claw-dockerd-$(id -u).log
read -ra flags <<<"${CLAW_DOCKERD_FLAGS:-}"

say() { echo "docker-engine: $*"; }

fail() {
  echo "docker-engine: $*" >&2
  exit 1
}

as_root() {
  if [[ $(id -u) == 0 ]]; then "$@"; else sudo "$@"; fi
}

answers() {
  [[ $(as_root curl -s --max-time 3 --unix-socket "${socket#unix://}" http://localhost/_ping) == OK ]]
}

start_dockerd() {
  say "starting dockerd $*, log in $log"
  as_root setsid dockerd -H "$socket" "$@" >"$log" 2>&1 </dev/null &
  wait_for_engine "$!"
}

# Gives up early when the process given is gone.
wait_for_engine() {
  for _ in $(seq 150); do
    if answers; then return 0; fi
    if [[ -n ${1:-} && ! -d /proc/$1 ]]; then return 1; fi
    sleep 0.2
  done
  return 1
}

[[ $socket == unix://* ]] || fail "DOCKER_HOST is $socket, and only an engine at a unix:// socket can be started"
export PATH=$PATH:/usr/sbin:/sbin
command -v curl >/dev/null || fail "curl is needed to ask the engine; install it first"

if answers; then
  say "an engine already answers at $socket"
  exit
fi

if ! command -v dockerd >/dev/null; then
  command -v apt-get >/dev/null || fail "there is neither dockerd nor apt-get; install Docker by your system's own means"
  say "installing docker.io"
  as_root apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends docker.io
fi

if [[ -d /run/systemd/system && $socket == unix:///var/run/docker.sock ]]; then
  say "starting docker.service"
  as_root systemctl start docker
  wait_for_engine || fail "docker.service did not answer; see: journalctl -u docker"
elif ! start_dockerd "${flags[@]}"; then
  say "it did not answer; once more without networks, which sandboxes do not use"
  start_dockerd "${flags[@]}" --iptables=false --bridge=none || fail "dockerd did not answer: $(tail -n 5 "$log")"
fi
say "an engine answers at $socket"
