# shellcheck shell=bash disable=SC2034,SC2154 # read by replay.sh
package=unzip
output=unzip
needs='libbz2-dev zip'
followed='^[a-z0-9_]+\.[ch]$|^unix/[a-z]+\.[ch]$'

configure() {
  # Debian's settings, but for one that its patches repair.
  settings='-g -O0 -I. -DACORN_FTYPE_NFS -DWILD_STOP_AT_DIR -DLARGE_FILE_SUPPORT -DUNICODE_SUPPORT
    -DUNICODE_WCHAR -DUTF8_MAYBE_NATIVE -DNO_LCHMOD -DDATE_FORMAT=DF_YMD -DUSE_BZIP2
    -DNOMEMCPY -DNO_WORKING_ISPRINT'
}

unzip_make() {
  make -f unix/Makefile D_USE_BZ2=-DUSE_BZIP2 L_BZ2=-lbz2 CC="$CC" LF2= SL2= FL2= \
    CF="${settings//$'\n'/ }" "$@"
}

build() {
  unzip_make unzip
}

probe() {
  "$1" -v
  "$1" -Z -v testmake.zip
  "$1" -p testmake.zip
}

# Its own tests, and archives made by another program: with all methods, and encrypted.
check() {
  unzip_make unzips
  unzip_make check
  rm -rf archived.zip extracted
  zip -q archived.zip ./*.c
  zip -q -0 archived.zip ./*.h
  zip -q -Z bzip2 -r archived.zip unix
  zip -q -P secret archived.zip README
  ./unzip -q -P secret archived.zip -d extracted
  cmp README extracted/README
  diff -r unix extracted/unix
  cmp extract.c extracted/extract.c
  ./unzip -t -P secret archived.zip
  ! ./unzip -t -P wrong archived.zip README
}
