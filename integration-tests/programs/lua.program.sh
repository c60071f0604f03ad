# shellcheck shell=bash disable=SC2034,SC2154 # read by link.sh
package=lua5.4
needs=libreadline-dev
output=src/lua
edited=src/lua.c
before='int main (int argc, char **argv)'
inside='lua_State *L = luaL_newstate();'
print='  if (getenv("LINKD_EDIT")) puts(%s);'

build() {
  make -C src linux-readline CC="$CC -std=gnu99" MYCFLAGS="$FLAGS"
}

check() {
  src/lua "$here/check.lua"
}

probe() {
  src/lua -v
}
