#!/bin/bash
# Builds real programs from their Debian sources with ld.linkd, runs their own tests, edits a
# function in three places, relinks after each edit, verifies, runs the tests again, and prints a
# table. A row is printed as soon as it is known. See --help.
set -euo pipefail
here=$(cd -- "$(dirname -- "$0")" && pwd -P)
root=$(cd -- "$here/../.." && pwd -P)
# shellcheck source=integration-tests/programs/source.sh
. "$here/source.sh"
# shellcheck source=integration-tests/programs/work.sh
. "$here/work.sh"
# shellcheck source=integration-tests/programs/linker.sh
. "$here/linker.sh"
# shellcheck source=integration-tests/programs/link.sh
. "$here/link.sh"
# shellcheck source=integration-tests/programs/table.sh
. "$here/table.sh"

usage() {
  cat <<'END'
Usage: integration-tests/programs/run.sh [OPTION...] [PROGRAM...]

Without names: the programs that every test run builds, lua, ninja and rust.

  --all             every program, with gcc and clang, without and with optimisation
  --variant=WORDS   with this compiler and these flags only: --variant='clang -O2'
  --linkd=FOLDER    the unpacked distribution to test; without it, what this checkout builds
  --minutes=N       a program may take so long with one compiler; without it, 60
  --jobs=N          so many compilers at a time; without it, as many as there are processors
  --folder=FOLDER   works there, and leaves sources, outputs and logs; they serve a later run
  --continue        keeps the rows of the run before in that folder that passed

Needs the network (Debian sources); as root installs what the programs are built with.
A program is a file beside this script. Where an edit is made and what it links can be lists; then
each edit takes the next entry.
  package    Debian source package          needs      Debian packages to build and test it
  output     path that the linker writes    probe      prints what the edits added
  build      builds, or builds what changed check      runs the program's own tests
  edited     file that is edited            before     line of it before which functions can stand
  inside     line of a function that the probe runs, behind which statements can stand
  print      statement that prints %s
END
}

all=false
jobs=$(nproc)
minutes=60
variant=
folder=
continue=false
names=()
for option in "$@"; do
  case $option in
    --all) all=true ;;
    --linkd=*) root=$(realpath -- "${option#*=}") ;;
    --minutes=*) minutes=${option#*=} ;;
    --jobs=*) jobs=${option#*=} ;;
    --variant=*) variant=${option#*=} ;;
    --folder=*) folder=$(realpath -m -- "${option#*=}") ;;
    --continue) continue=true ;;
    --help | -h) usage; exit 0 ;;
    -*) usage >&2; exit 2 ;;
    *) names+=("$option") ;;
  esac
done

if $continue && [ -z "$folder" ]; then
  echo "programs: --continue needs the --folder of the run to continue" >&2
  exit 2
fi

begin_work programs
variants() {
  if [ -n "$variant" ]; then
    echo "$variant"
  elif $all; then
    printf '%s\n' "gcc -O0 -g" "gcc -O2" "clang -O0 -g" "clang -O2"
  else
    echo "gcc -O0 -g"
  fi
}

if [ "${#names[@]}" -eq 0 ]; then
  names=(lua ninja rust)
  if $all; then
    names=()
    for file in "$here"/*.program.sh; do
      name=${file##*/}
      names+=("${name%.program.sh}")
    done
  fi
fi

# Starts the daemon, so that no first link waits for it.
"$root/bin/ld.linkd" --version
make_linker "$work/bin"
begin_table "$continue"

# However the run ends, nothing of it is left, and what it found is said.
end_run() {
  [ -z "$running" ] || end_group "$running"
  print_table
  end_work
}

running=
trap end_run EXIT
failed=0
for name in "${names[@]}"; do
  while read -r compiler flags; do
    if has_passed "$name" "$compiler $flags"; then
      continue
    fi
    forget_rows "$name" "$compiler $flags"
    echo "programs: $name with $compiler $flags"
    log=$work/$name-$compiler${flags// /}.log
    # In the background, because "set -e" has no effect in a condition; in a group of processes, to
    # be able to end all of them.
    set -m
    one "$name" "$compiler" "$flags" >"$log" 2>&1 </dev/null &
    running=$!
    set +m
    if ! end_of "$running" "$minutes"; then
      failed=$((failed + 1))
      tail -n 30 "$log"
      echo "programs: $name with $compiler $flags FAILED; its log is above" >&2
      row "$name" "$compiler $flags" - - failed - - - - - -
    fi
    running=
    rows_of "$name" "$compiler $flags" | sed 's/|/  /g'
  done < <(variants)
done

[ "$failed" -eq 0 ]
