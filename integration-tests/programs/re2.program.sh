# shellcheck shell=bash disable=SC2034,SC2154 # read by link.sh
package=re2
needs=
output=obj/test/re2_test
edited=util/test.cc
before='int main(int argc, char** argv) {'
inside='int main(int argc, char** argv) {'
print='  if (getenv("LINKD_EDIT")) { puts(%s); }'

build() {
  make obj/so/libre2.so obj/test/re2_test obj/test/search_test CXX="$CXX" CXXFLAGS="$FLAGS"
}

check() {
  obj/test/re2_test
  obj/test/search_test
}

probe() {
  obj/test/re2_test
}
