# shellcheck shell=bash disable=SC2034,SC2154 # read by link.sh
# An interpreter that loads its extension modules, shared libraries.
package=python3.11
needs='zlib1g-dev libffi-dev'
output=(
  python
  build/lib.linux-x86_64-3.11/_json.cpython-311-x86_64-linux-gnu.so
  python
)
edited=(Python/getversion.c Modules/_json.c Objects/longobject.c)
before=('#include "patchlevel.h"' 'PyDoc_STRVAR(module_doc,' 'static PyStructSequence_Desc int_info_desc')
inside=('static char version[250];' '= get_json_state(module);' 'int field = 0;')
print='    if (getenv("LINKD_EDIT")) puts(%s);'

build() {
  if [ ! -f Makefile ]; then
    ./configure OPT="$FLAGS" --without-ensurepip
  fi
  make
}

# What runs in the background of a script does not get interrupts, which the tests send.
check() {
  env --default-signal=INT ./python -m test test_json test_ctypes test_struct test_math test_array \
    test_zlib test_thread test_exceptions test_itertools test_generators test_selectors test_threading
}

probe() {
  ./python -c 'import _json'
}
