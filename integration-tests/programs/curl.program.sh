# shellcheck shell=bash disable=SC2034,SC2154 # read by link.sh
package=curl
needs='zlib1g-dev perl'
# The program and, made by libtool, its shared library.
output=(src/.libs/curl lib/.libs/libcurl.so lib/.libs/libcurl.so)
edited=(src/tool_main.c lib/version.c lib/easy.c)
before=(
  'static void main_free(struct GlobalConfig *config)'
  'curl_version_info_data *curl_version_info(CURLversion stamp)'
  'static CURLcode global_init(long flags, bool memoryfuncs)'
)
inside=('CURLcode result = CURLE_OK;' '(void)stamp;' 'Curl_ccalloc = (curl_calloc_callback)calloc;')
print=('  if(getenv("LINKD_EDIT")) puts(%s);')

build() {
  if [ ! -f config.status ]; then
    ./configure CFLAGS="$FLAGS" --without-ssl --enable-debug=no --disable-ldap --without-libpsl
  fi
  make
}

check() {
  make -C tests/server
  make -C tests/libtest chkhostname lib{500..520}
  (cd tests && ./runtests.pl -n -a 1 to 40 500 to 520)
}

probe() {
  src/curl --version
}
