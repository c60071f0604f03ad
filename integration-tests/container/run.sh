#!/bin/sh
# Builds the image and drives the daemon in it: health, a user without rights, an output that runs
# on the host, an orderly stop; then the service of the compose file. Needs podman and
# podman-compose; PODMAN names another command.
set -eu
cd -- "$(dirname -- "$0")/../.."
podman=${PODMAN:-podman --runtime runc}
limits="--ulimit nofile=1024:1024 --ulimit nproc=1000:1000"
name=linkd-test-$$
work=$(mktemp -d)

finish() {
  status=$?
  if [ "$status" -ne 0 ]; then
    $podman logs "$name" >&2 || true
  fi
  $podman rm -f "$name" >/dev/null 2>&1 || true
  rm -rf "$work"
  exit "$status"
}
trap finish EXIT

fail() {
  echo "container: $*" >&2
  exit 1
}

integration-tests/container/base.sh

# What Maven has fetched for the tests serves the build in the image too.
repository=
if [ -d "${HOME-}/.m2/repository" ]; then
  repository="--volume $HOME/.m2:/root/.m2:O"
fi
# HEALTHCHECK is part of the docker format only.
# shellcheck disable=SC2086 # options are separate words
$podman build -q --format docker --pull=never $limits $repository -t linkd:test . >/dev/null

chmod 0777 "$work"
# shellcheck disable=SC2086
$podman run --detach --name "$name" $limits --read-only --cap-drop ALL \
  --security-opt no-new-privileges --tmpfs /tmp --tmpfs /var/cache/linkd:mode=1777 \
  --volume "$work:/work" linkd:test >/dev/null

tries=0
until $podman healthcheck run "$name" >/dev/null 2>&1; do
  tries=$((tries + 1))
  [ "$tries" -lt 30 ] || fail "not healthy after 30 tries"
  sleep 1
done

[ "$($podman exec "$name" id -u)" != 0 ] || fail "the daemon runs as root"

cat >"$work/answer.c" <<'END'
__attribute__((force_align_arg_pointer)) void _start(void) {
  __asm__ volatile("syscall" : : "a"(231L), "D"(42L) : "rcx", "r11", "memory");
}
END
gcc -c -O1 -o "$work/answer.o" "$work/answer.c"
$podman exec "$name" linkctl open /work/answer --kind exe --entry _start /work/answer.o \
  || fail "open failed"
answer=0
"$work/answer" || answer=$?
[ "$answer" -eq 42 ] || fail "the output exits with $answer instead of 42"

$podman stop --time 20 "$name" >/dev/null
stopped=$($podman inspect --format '{{.State.ExitCode}}' "$name")
case $stopped in
  0 | 143) ;; # 143: the JVM after SIGTERM
  *) fail "stop ended with $stopped" ;;
esac

integration-tests/container/compose.sh linkd:test
