# shellcheck shell=bash disable=SC2034,SC2154 # read by link.sh
package=git
needs='zlib1g-dev perl'
output=git
edited=git.c
before='int cmd_main(int argc, const char **argv)'
print='	if (getenv("LINKD_EDIT")) puts(%s);'

inside='trace_command_performance(argv);'

build() {
  make git CC="$CC" CFLAGS="$FLAGS" NO_OPENSSL=1 NO_CURL=1 NO_EXPAT=1 NO_GETTEXT=1 NO_TCLTK=1 \
    NO_PYTHON=1 SANE_TOOL_PATH=
}

check() {
  make all CC="$CC" CFLAGS="$FLAGS" NO_OPENSSL=1 NO_CURL=1 NO_EXPAT=1 NO_GETTEXT=1 NO_TCLTK=1 \
    NO_PYTHON=1 SANE_TOOL_PATH=
  (cd t && ./t0001-init.sh && ./t1400-update-ref.sh && ./t4013-diff-various.sh)
}

probe() {
  ./git version
}
