#!/bin/bash
# Prepares a real program for the benchmark of links: real.sh NAME FOLDER
#
# NAME is redis, postgresql or clang. The folder then holds what BenchProgram reads: arguments of
# the link, compiled variants of an object in which a function was edited, and how the program is
# run. Nothing is done when it is there already. Needs the network; as root installs packages.
set -euo pipefail
here=$(cd -- "$(dirname -- "$0")" && pwd -P)
# shellcheck source=integration-tests/programs/source.sh
. "$here/../programs/source.sh"

name=$1
folder=$2
[ ! -e "$folder/facts" ] || exit 0
rm -rf "$folder"
mkdir -p "$folder/bin" "$folder/variants"
folder=$(cd -- "$folder" && pwd -P)
work=$(mktemp -d "${TMPDIR:-/tmp}/linkd-bench-XXXXXX")
trap 'rm -rf "$work"' EXIT

# A linker that notes what it is asked for.
cat >"$folder/bin/ld" <<END
#!/bin/bash
printf '%s\0' "\$PWD" "\$@" >"$folder/asked"
exec ld.bfd "\$@"
END
chmod +x "$folder/bin/ld"

# argument WORD  a line; echo would take -E for an option of its own.
argument() {
  printf '%s\n' "$1"
}

# link_arguments  the arguments of the last link, one per line: without the output, without the
# plug-in for link-time optimisation, and with absolute paths.
link_arguments() {
  local words directory i word
  mapfile -d '' -t words <"$folder/asked"
  directory=${words[0]}
  for ((i = 1; i < ${#words[@]}; i++)); do
    word=${words[i]}
    case $word in
      -o | -plugin) i=$((i + 1)) ;;
      -plugin-opt=*) ;;
      -L/*) argument "$word" ;;
      -L*) argument "-L$directory/${word#-L}" ;;
      -* | /*) argument "$word" ;;
      *) if [ -e "$directory/$word" ]; then argument "$directory/$word"; else argument "$word"; fi ;;
    esac
  done
}

# variants OBJECT COMPILE...  three versions of an object, made with EDIT=0, 1 and 2 in the
# environment, and the edits between them.
variants() {
  local object=$1 edit
  shift
  for edit in 1 2 0; do
    EDIT=$edit "$@"
    cp "$object" "$folder/variants/$edit.o"
  done
  for edit in 1 2 0; do
    printf 'one function\t%s\t%s\t%s\n' "$edit" "$folder/variants/$edit.o" "$object"
  done >"$folder/edits"
}

# edited FILE LINE  writes a line with a statement for EDIT behind a line of a source file.
edited() {
  [ -e "$1.published" ] || cp "$1" "$1.published"
  LINE=$2 awk '
    { print }
    !done && index($0, ENVIRON["LINE"]) {
      done = 1
      if (ENVIRON["EDIT"] == 1) print "  if (getenv(\"LINKD_EDIT\")) abort();"
      if (ENVIRON["EDIT"] == 2) print "  if (getenv(\"LINKD_EDIT\")) { puts(\"edited\"); abort(); }"
    }
    END { exit !done }' "$1.published" >"$1"
}

facts() {
  printf '%s\n' "$@" >"$work/facts"
  link_arguments >"$folder/link.arguments"
  mv "$work/facts" "$folder/facts"
}

redis_object() {
  edited server.c 'char config_from_stdin = 0;'
  rm -f server.o
  make server.o MALLOC=libc CC="$CC" OPTIMIZATION=-O2 CFLAGS="$flags"
}

redis() {
  install_packages dpkg-dev make gcc pkg-config
  fetch redis "$folder/source"
  cd "$folder/source"
  make redis-server MALLOC=libc CC="$CC" OPTIMIZATION=-O2 CFLAGS="$flags" -j"$(nproc)"
  cd src
  variants "$PWD/server.o" redis_object
  facts "description=redis-server, debug information" "run=--version"
}

postgresql_object() {
  edited main.c 'progname = get_progname(argv[0]);'
  rm -f main.o
  make main.o
}

postgresql() {
  install_packages dpkg-dev make gcc bison flex perl
  fetch postgresql-15 "$folder/source"
  cd "$folder/source"
  ./configure --without-readline --without-zlib CFLAGS="-O2 $flags"
  # With several jobs the compiler would not wait for these.
  make -C src/backend generated-headers
  make -j"$(nproc)" -C src/backend
  cd src/backend/main
  variants "$PWD/main.o" postgresql_object
  facts "description=the server of PostgreSQL, debug information" "run=--version"
}

clang_object() {
  # shellcheck disable=SC2046,SC2153 # a list; see variants
  g++ -c -O0 -g -ffunction-sections -fdata-sections -DEDIT="$EDIT" -o "$folder/driver.o" \
    "$here/driver.cc" $(llvm-config-19 --cxxflags | sed 's/-O[0-9s]//; s/-fno-exceptions//')
}

clang() {
  install_packages g++ llvm-19-dev libclang-19-dev libpolly-19-dev libzstd-dev zlib1g-dev libtinfo-dev \
    libxml2-dev
  cd "$folder"
  EDIT=0 clang_object
  local clang_libraries
  clang_libraries=$(cd "$(llvm-config-19 --libdir)" && printf ' -l:%s' libclang*.a)
  # shellcheck disable=SC2046,SC2086 # lists
  g++ -B"$folder/bin" -o driver driver.o -L"$(llvm-config-19 --libdir)" \
    -Wl,--start-group $clang_libraries -Wl,--end-group \
    $(llvm-config-19 --link-static --libs all --system-libs)
  rm driver
  echo 'int twice(int n) { return 2 * n; }' >twice.c
  variants "$folder/driver.o" clang_object
  facts "description=a C compiler from the static libraries of LLVM 19" \
    "run=-triple x86_64-linux-gnu -S -o - $folder/twice.c"
}

flags='-g -ffunction-sections -fdata-sections'
CC="gcc -B$folder/bin"
export CC
case $name in
  redis | postgresql | clang) "$name" ;;
  *) echo "real.sh: there is no program $name: redis, postgresql, clang" >&2; exit 2 ;;
esac
