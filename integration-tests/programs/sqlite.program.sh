# shellcheck shell=bash disable=SC2034,SC2154 # read by link.sh
package=sqlite3
needs='tcl'
output=sqlite3
edited=src/shell.c.in
before='int SQLITE_CDECL main(int argc, char **argv){'
inside='int rc = 0;'
print='  if (getenv("LINKD_EDIT")) puts(%s);'

build() {
  if [ ! -f Makefile ]; then
    ./configure --disable-tcl --disable-readline --disable-shared CFLAGS="$FLAGS"
  fi
  make sqlite3 fuzzcheck
}

check() {
  ./sqlite3 :memory: "create table t(x); with recursive c(n) as (select 1 union all
    select n+1 from c where n<1000) insert into t select n*n from c;
    select sum(x), count(*), max(x) from t;" | grep -qx '333833500|1000|1000000'
  ./fuzzcheck --limit-mem 100M test/fuzzdata1.db
}

probe() {
  ./sqlite3 -version
}
