# shellcheck shell=bash disable=SC2034,SC2154 # read by link.sh
package=redis
needs='tcl pkg-config'
output=src/redis-server
edited=src/server.c
before='int main(int argc, char **argv) {'
inside='char config_from_stdin = 0;'
print='    if (getenv("LINKD_EDIT")) puts(%s);'

build() {
  make MALLOC=libc CC="$CC" OPTIMIZATION="${FLAGS%% *}" CFLAGS="$FLAGS" V=1
}

check() {
  ./runtest --clients 1 --single unit/type/list --single unit/scripting --single unit/sort
}

probe() {
  src/redis-server --version
}
