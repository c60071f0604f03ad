# shellcheck shell=sh
# What ld.linkd does; read with "." after setting self to the resolved path of the launcher.
# The front-end is a small native program that is compiled on first use; see client/native/. Where
# there is no compiler, linkctl does the same.
# shellcheck disable=SC2154 # self: see above
home=${self%/*}/..
native=$home/lib/native/ld.linkd
if [ -f "$home/target/launch/current" ]; then
  read -r build_id <"$home/target/launch/current"
  native=$home/target/launch/$build_id/ld.linkd
  # Another commit was checked out: see whether the sources changed.
  # shellcheck disable=SC3013 # every sh of Linux knows -nt
  if [ "$home/.git/logs/HEAD" -nt "$home/target/launch/current" ]; then
    native=
  fi
fi
if [ -x "$native" ]; then
  exec "$native" "$@"
fi
if [ "${LINKD_DAEMON-}" = off ]; then
  exec "$home/bin/linkd" link -- "$@"
fi
# shellcheck source=libexec/launch.sh
. "$home/libexec/launch.sh"
prepare
if native_front_end; then
  exec "$native" "$@"
fi
exec "$home/bin/linkctl" ld -- "$@"
