# shellcheck shell=bash disable=SC2034,SC2154 # read by replay.sh
# A program with its library as an archive: most edits change a member.
package=expat
output=built/xmlwf/xmlwf
needs='cmake ninja-build'
followed='^expat/(lib|xmlwf|tests)/[a-z_]+\.[ch]$'

# CMake remembers the linker.
configure() {
  cmake -S expat -B built -G Ninja -DCMAKE_BUILD_TYPE=None -DCMAKE_C_FLAGS='-g -O0' \
    -DCMAKE_EXE_LINKER_FLAGS="-B$linker" -DEXPAT_SHARED_LIBS=OFF -DEXPAT_BUILD_DOCS=OFF \
    -DEXPAT_BUILD_EXAMPLES=OFF
}

build() {
  cmake --build built --parallel "$jobs" --target xmlwf
}

probe() {
  local file
  rm -rf "$work/written"
  mkdir "$work/written"
  "$1" -v | sed '1s/^[^ ]*//'
  for file in expat/doc/xmlwf.xml expat/doc/reference.html; do
    "$1" -d "$work/written" "$file"
    "$1" -m -d "$work/written" "$file"
  done
  (cd "$work/written" && cksum ./*)
  # An entity of entities, and what is not well-formed.
  "$1" <<<'<!DOCTYPE a [<!ENTITY b "c"><!ENTITY d "&b;&b;"><!ENTITY e "&d;&d;">]><a f="&e;">&e;</a>'
  "$1" <<<'<a><b></a>'
  "$1" -p <<<'<!DOCTYPE a SYSTEM "none"><a/>'
}

check() {
  cmake --build built --parallel "$jobs" --target runtests
  built/tests/runtests
}
