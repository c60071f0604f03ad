#!/bin/bash
# Builds real programs from their Debian sources with ld.linkd, runs their own tests, edits a
# function in three places, relinks after each edit, verifies, runs the tests again, and prints a
# table. See --help.
set -euo pipefail
here=$(cd -- "$(dirname -- "$0")" && pwd -P)
root=$(cd -- "$here/../.." && pwd -P)
# shellcheck source=integration-tests/programs/source.sh
. "$here/source.sh"
# shellcheck source=integration-tests/programs/link.sh
. "$here/link.sh"

usage() {
  cat <<'END'
Usage: integration-tests/programs/run.sh [--all] [--keep] [PROGRAM...]

Without names: the programs that every test run builds (lua and ninja, with one compiler each).

  --all    every program, with gcc and clang, without and with optimisation
  --keep   leaves the folder with sources and outputs, and prints its name

Needs the network (Debian sources); as root installs what the programs are built with.
A program is a file beside this script:
  package    Debian source package          needs      Debian packages to build and test it
  output     path that the linker writes    probe      prints what the edits added
  build      builds, or builds what changed check      runs the program's own tests
  edited     file that is edited            before     line of it before which functions can stand
  inside     line of a function that the probe runs, behind which statements can stand
  print      statement that prints %s
END
}

all=false
keep=false
names=()
for option in "$@"; do
  case $option in
    --all) all=true ;;
    --keep) keep=true ;;
    --help | -h) usage; exit 0 ;;
    -*) usage >&2; exit 2 ;;
    *) names+=("$option") ;;
  esac
done

work=$(mktemp -d "${TMPDIR:-/tmp}/linkd-programs-XXXXXX")
export XDG_RUNTIME_DIR=$work/run
mkdir -m 700 "$XDG_RUNTIME_DIR"
finish() {
  "$root/bin/linkctl" stop >/dev/null 2>&1 || true
  if $keep; then
    echo "kept: $work"
  else
    rm -rf "$work"
  fi
}
trap finish EXIT

variants() {
  if $all; then
    printf '%s\n' "gcc -O0 -g" "gcc -O2" "clang -O0 -g" "clang -O2"
  else
    echo "gcc -O0 -g"
  fi
}

if [ "${#names[@]}" -eq 0 ]; then
  names=(lua ninja)
  if $all; then
    names=()
    for file in "$here"/*.program.sh; do
      name=${file##*/}
      names+=("${name%.program.sh}")
    done
  fi
fi

make_linker "$work/bin"
rows=$work/rows
: >"$rows"
failed=0
for name in "${names[@]}"; do
  while read -r compiler flags; do
    echo "programs: $name with $compiler $flags"
    # In the background, because "set -e" has no effect in a condition.
    one "$name" "$compiler" "$flags" >"$work/log" 2>&1 </dev/null &
    if ! wait $!; then
      failed=$((failed + 1))
      tail -n 30 "$work/log"
      echo "programs: $name with $compiler $flags FAILED; its log is above" >&2
      row "$name" "$compiler $flags" failed - - - - -
    fi
  done < <(variants)
done

{
  echo 'program|variant|tests|edits|patched|ld.linkd ms|in daemon ms|GNU ld ms'
  cat "$rows"
} | column -t -s '|'
[ "$failed" -eq 0 ]
