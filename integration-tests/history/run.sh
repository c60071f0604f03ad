#!/bin/bash
# Replays real histories: edits that were made in projects, one after the other, each compiled and
# linked by ld.linkd. After each the state is compared with a fresh link, and the program with the
# one that GNU ld links; the project's own tests run at intervals. Prints how many edits were
# patched, and why the others were not. See --help.
set -euo pipefail
here=$(cd -- "$(dirname -- "$0")" && pwd -P)
root=$(cd -- "$here/../.." && pwd -P)
# shellcheck source=integration-tests/programs/source.sh
. "$root/integration-tests/programs/source.sh"
# shellcheck source=integration-tests/programs/work.sh
. "$root/integration-tests/programs/work.sh"
# shellcheck source=integration-tests/programs/linker.sh
. "$root/integration-tests/programs/linker.sh"
# shellcheck source=integration-tests/history/edits.sh
. "$here/edits.sh"
# shellcheck source=integration-tests/history/compare.sh
. "$here/compare.sh"
# shellcheck source=integration-tests/history/replay.sh
. "$here/replay.sh"

usage() {
  cat <<'END'
Usage: integration-tests/history/run.sh [OPTION...] [PROJECT...]

Without names: ten edits of unzip, as every test run does.

  --all            at least 100 edits of every project
  --edits=N        so many edits
  --jobs=N         so many compilers at a time; without it, as many as there are processors
  --json=FILE      writes what the table shows, and each edit, as JSON
  --folder=FOLDER  works there, and leaves sources, outputs and logs; they serve a later run

Needs the network (Debian sources); as root installs what the projects are built with.
A project is a file beside this script. Its edits are the hunks of the patches that Debian has made
or taken from later versions, in their order, and then the same ones taken back.
  package    Debian source package          needs      Debian packages to build and test it
  output     path that the linker writes    followed   regular expression for the names of files
                                                       whose hunks are edits
  configure  is called once                 build      builds, or builds what changed
  probe      prints something that shows    check      runs the project's own tests
             that the program works
END
}

all=false
jobs=$(nproc)
folder=
edits_wanted=
json=
names=()
for option in "$@"; do
  case $option in
    --all) all=true ;;
    --edits=*) edits_wanted=${option#*=} ;;
    --jobs=*) jobs=${option#*=} ;;
    --json=*) json=$(realpath -m -- "${option#*=}") ;;
    --folder=*) folder=$(realpath -m -- "${option#*=}") ;;
    --help | -h) usage; exit 0 ;;
    -*) usage >&2; exit 2 ;;
    *) names+=("$option") ;;
  esac
done
if $all; then
  : "${edits_wanted:=100}"
fi
: "${edits_wanted:=10}"
if [ "${#names[@]}" -eq 0 ]; then
  names=(unzip)
  if $all; then
    names=()
    for file in "$here"/*.history.sh; do
      name=${file##*/}
      names+=("${name%.history.sh}")
    done
  fi
fi

begin_work history

install_packages dpkg-dev make gcc binutils patch jq perl
# Starts the daemon, so that no first link waits for it.
"$root/bin/ld.linkd" --version
make_linker "$work/bin"
verify=$work/bin/verify
gcc -std=c11 -D_GNU_SOURCE -O2 -I "$root/client/native" -o "$verify" "$here/verify.c" \
  "$root/client/native/"{connect,hpack,http2,protobuf}.c
: >"$work/rows"
results=()
failed=0
for name in "${names[@]}"; do
  echo "history: $name"
  # In the background, because "set -e" has no effect in a condition.
  replay "$name" >"$work/$name.log" 2>&1 </dev/null &
  if wait $!; then
    results+=("$work/$name.json")
  else
    failed=$((failed + 1))
    tail -n 30 "$work/$name.log"
    echo "history: $name FAILED; its log is above" >&2
  fi
done

{
  echo -n 'project|edits|make a difference|patched|part|compared|tests passed|broken by the edit|inputs'
  echo '|ld.linkd ms|GNU ld ms|linked anew because'
  cat "$work/rows"
} | column -t -s '|'
if [ -n "$json" ] && [ "${#results[@]}" -gt 0 ]; then
  jq -s . "${results[@]}" >"$json"
fi
[ "$failed" -eq 0 ]
