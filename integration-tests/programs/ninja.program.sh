# shellcheck shell=bash disable=SC2034,SC2154 # read by link.sh
package=ninja-build
needs=python3
output=ninja
edited=src/ninja.cc
before='NORETURN void real_main(int argc, char** argv) {'
inside='NORETURN void real_main(int argc, char** argv) {'
print='  if (getenv("LINKD_EDIT")) puts(%s);'

build() {
  if [ ! -x ninja ]; then
    CFLAGS="$FLAGS -std=c++14" python3 configure.py --bootstrap
  fi
  ./ninja ninja ninja_test
}

check() {
  ./ninja_test
}

probe() {
  ./ninja --version
}
