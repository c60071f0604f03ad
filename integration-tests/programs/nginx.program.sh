# shellcheck shell=bash disable=SC2034,SC2154 # read by link.sh
package=nginx
needs=curl
output=objs/nginx
edited=src/core/nginx.c
before='static ngx_uint_t   ngx_show_help;'
inside='ngx_debug_init();'
print='    if (getenv("LINKD_EDIT")) fprintf(stderr, "%%s\\n", %s);'

build() {
  if [ ! -f Makefile ]; then
    [ -x configure ] || cp auto/configure configure
    # Warnings are errors to it, also that of clang about an option for links.
    local unused=
    case $CC in clang*) unused=-Wno-unused-command-line-argument ;; esac
    ./configure --with-cc="$CC" --with-cc-opt="$FLAGS $unused" --prefix="$PWD/served" \
      --without-http_rewrite_module --without-http_gzip_module --with-threads
  fi
  make
}

# Serves a file to a real client, reloads, stops.
check() {
  mkdir -p served/logs served/html
  seq 1 100000 >served/html/numbers
  cat >served/nginx.conf <<END
user $(id -un) $(id -gn);
events { }
http { server { listen unix:$PWD/served/socket; root html; } }
END
  rm -f served/socket
  objs/nginx -c "$PWD/served/nginx.conf"
  local served=0
  curl -sf --unix-socket served/socket http://local/numbers | cmp - served/html/numbers || served=1
  objs/nginx -c "$PWD/served/nginx.conf" -s reload || served=1
  curl -sf --unix-socket served/socket http://local/numbers | cmp - served/html/numbers || served=1
  objs/nginx -c "$PWD/served/nginx.conf" -s stop
  return "$served"
}

probe() {
  objs/nginx -v
}
