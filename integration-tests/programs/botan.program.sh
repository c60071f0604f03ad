# shellcheck shell=bash disable=SC2034,SC2154 # read by link.sh
# 450 translation units of C++: a shared library, and the tests that use it.
package=botan
needs=python3
output=(libbotan-2.so.19 libbotan-2.so.19 botan-test)
edited=(src/lib/utils/version.cpp src/lib/codec/hex/hex.cpp src/tests/main.cpp)
before=('std::string runtime_version_check(' 'void hex_encode(char output[],' 'int main(int argc, char* argv[])')
inside='{'
print='   if(::getenv("LINKD_EDIT")) { ::puts(%s); }'

build() {
  if [ ! -f Makefile ]; then
    python3 configure.py --cc="${CC%% *}" --cxxflags="$FLAGS" --build-targets=shared,tests \
      --without-documentation --disable-modules=tls,ffi,mce,xmss,newhope,roughtime
  fi
  make CXX="$CXX"
}

check() {
  LD_LIBRARY_PATH=. ./botan-test --test-threads=1 asn1 aead base64 bigint_unit block ecc_unit \
    filter hash mac modes octetstring rsa_sign stream thread_pool util x509_unit
}

probe() {
  LD_LIBRARY_PATH=. ./botan-test --test-threads=1 octetstring
}
