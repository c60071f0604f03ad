#!/bin/sh
# Starts the service of docker-compose.yml, links a program in it through a client in another
# container, runs it on the host, patches it, and takes the service down: compose.sh IMAGE. Once
# with a socket in the volume and the user of the image, once with the user and a folder of the host.
# Needs podman and podman-compose; PODMAN and COMPOSE name other commands.
set -eu
cd -- "$(dirname -- "$0")/../.."
image=$1
podman=${PODMAN:-podman --runtime runc}
# What the kernel refuses or a machine without a registry lacks is said to podman, not to the file.
limits="--ulimit nofile=1024:1024 --ulimit nproc=1000:1000"
compose=${COMPOSE:-podman-compose}
project=linkd-compose-$$
work=$(mktemp -d)
chmod 0777 "$work"
LINKD_PROJECT=$work
export LINKD_PROJECT

# The file asks for an image that it builds under the name linkd; this one was built already.
sed "s|^    image: linkd\$|    image: $image|; /^    build: /d" docker-compose.yml >"$work/compose.yml"

compose() {
  # shellcheck disable=SC2086 # options are separate words
  $compose --podman-args="${podman#podman}" --podman-run-args="$limits" \
    -p "$project" -f "$work/compose.yml" "$@"
}

container() {
  $podman ps --all --quiet --filter "label=io.podman.compose.project=$project"
}

finish() {
  status=$?
  if [ "$status" -ne 0 ]; then
    $podman logs "$(container)" >&2 || true
  fi
  compose down --volumes >/dev/null 2>&1 || true
  rm -rf "$work"
  exit "$status"
}
trap finish EXIT

fail() {
  echo "compose: $*" >&2
  exit 1
}

# linkctl ARGUMENT...  in a container of its own that shares nothing but the socket and the project.
client() {
  # shellcheck disable=SC2086
  $podman run --rm $limits --no-healthcheck --cap-drop ALL --user "$user" --entrypoint linkctl \
    --volume "$socket:/run/linkd" --volume "$work:$work" --workdir "$work" "$image" "$@"
}

# program CODE  writes and compiles a program that exits with it.
program() {
  cat >"$work/answer.c" <<END
__attribute__((force_align_arg_pointer)) void _start(void) {
  __asm__ volatile("syscall" : : "a"(231L), "D"($1L) : "rcx", "r11", "memory");
}
END
  gcc -c -O1 -o "$work/answer.o" "$work/answer.c"
}

runs() {
  answer=0
  "$work/answer" || answer=$?
  [ "$answer" -eq "$1" ] || fail "the output exits with $answer instead of $1"
}

# links USER SOCKET  with the daemon as this user and its socket in this volume or folder.
links() {
  user=$1
  socket=$2
  rm -f "$work/answer"
  compose up --detach >/dev/null || fail "up failed"
  tries=0
  until client status >/dev/null 2>&1; do
    tries=$((tries + 1))
    [ "$tries" -lt 30 ] || fail "no daemon answers after 30 tries"
    sleep 1
  done
  program 42
  client open "$work/answer" --kind exe --entry _start "$work/answer.o" || fail "open failed"
  runs 42
  program 7
  client apply "$work/answer" "$work/answer.o" || fail "apply failed"
  runs 7
  sleep 3 # a moment without requests, in which contents are moved
  ! $podman logs "$(container)" 2>&1 | grep 'stay in memory' || fail "inputs are not kept on a disk"
  compose down --volumes >/dev/null || fail "down failed"
  [ -z "$(container)" ] || fail "a container is left"
  runs 7
}

links 7465:7465 "${project}_socket"

LINKD_USER=$(id -u):$(id -g)
LINKD_RUNTIME=$work/run
export LINKD_USER LINKD_RUNTIME
install -d -m 0700 "$LINKD_RUNTIME"
links "$LINKD_USER" "$LINKD_RUNTIME"
