# shellcheck shell=bash disable=SC2034,SC2154 # read by link.sh
package=re2
needs='perl python3 python3-six unicode-data'
output=obj/test/re2_test
edited=util/test.cc
before='int main(int argc, char** argv) {'
inside='int main(int argc, char** argv) {'
print='  if (getenv("LINKD_EDIT")) { puts(%s); }'

build() {
  # The sources are without what is made of Unicode's tables.
  if [ ! -d obj ]; then
    patch -p1 <debian/patches/debian-unicode-data.patch
  fi
  PATH=/usr/bin:$PATH make REBUILD_TABLES=1 CXX="$CXX" CXXFLAGS="$FLAGS" \
    obj/so/libre2.so obj/test/re2_test obj/test/search_test
}

check() {
  obj/test/re2_test
  obj/test/search_test
}

probe() {
  obj/test/re2_test
}
