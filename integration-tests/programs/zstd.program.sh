# shellcheck shell=bash disable=SC2034,SC2154 # read by link.sh
package=libzstd
needs=
output=programs/zstd-linked
edited=programs/zstdcli.c
before='static void usage_advanced('
inside='DISPLAYOUT("Advanced options:'
print='    if (getenv("LINKD_EDIT")) DISPLAYOUT("%%s\\n", %s);'

build() {
  local without="HAVE_LZMA=0 HAVE_LZ4=0 HAVE_ZLIB=0"
  # shellcheck disable=SC2086 # words
  make -C programs zstd CC="$CC" CFLAGS="$FLAGS" $without
  # The linked file is named by a hash of the settings, and copied.
  local linked
  linked=$(find programs/obj -type f -name zstd)
  ln -sf "${linked#programs/}" "$output"
}

check() {
  make -C tests fuzzer CC="$CC" CFLAGS="$FLAGS"
  tests/fuzzer -i50
  tar cf - lib | programs/zstd -7 | programs/zstd -d | tar tf - | grep -c zstd.h
}

probe() {
  programs/zstd -H
}
