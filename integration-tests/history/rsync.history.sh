# shellcheck shell=bash disable=SC2034,SC2154 # read by replay.sh
package=rsync
output=rsync
needs='libpopt-dev zlib1g-dev'
followed='^[a-z0-9_]+\.[ch]$|^lib/.*\.[ch]$'

configure() {
  ./configure.sh CFLAGS='-g -O0' --disable-openssl --disable-xxhash --disable-zstd --disable-lz4 \
    --disable-md2man --disable-acl-support --disable-xattr-support
}

build() {
  make CC="$CC" rsync
}

probe() {
  "$1" --version
  rm -rf "$work/copied"
  "$1" -a "$here/" "$work/copied/"
  diff -r "$here" "$work/copied"
}

check() {
  make CC="$CC" check
}
