# shellcheck shell=bash disable=SC2154 # see run.sh and the projects
# The last link beside an independent one: by linkd of the same inputs, and by GNU ld.

# compare OUTPUT RECORD
compare() {
  local gnu=$work/by-gnu-ld/$2 verification
  "$verify" "$1" &
  verification=$!
  if [ "$(link_word "$2" 3)" = failed ]; then
    cat "$work/by-gnu-ld/$2.said"
    echo "history: GNU ld refuses what ld.linkd links" >&2
    return 1
  fi
  "$here/same.pl" "$1" "$gnu"
  probed "$1" >"$work/probe"
  probed "$gnu" >"$work/probe.gnu"
  diff -u "$work/probe.gnu" "$work/probe"
  wait "$verification"
}

# probed FILE  what a program says, and how it ends: half of a change can break it.
probed() {
  # In the background, because "set -e" has no effect in a condition.
  probe "$1" 2>&1 &
  wait $! || echo "exit status $?"
}

# check_comparison OUTPUT RECORD  a comparison that finds nothing wrong has to find what is.
check_comparison() {
  if "$here/same.pl" --mistake "$1" "$work/by-gnu-ld/$2"; then
    echo "history: a call that leads astray is not noticed" >&2
    return 1
  fi
}

# refused  says whether GNU ld linked what ld.linkd refused since the records were forgotten.
refused() {
  local record micro status gnu
  for record in "$work/links"/*; do
    [ -e "$record" ] || continue
    read -r micro status gnu _ <"$record"
    if [ "$status" != 0 ] && [ "$gnu" != failed ]; then
      echo "history: GNU ld links in $gnu us what ld.linkd refuses after $micro us" >&2
      return 0
    fi
  done
  return 1
}

# run_tests  the project's own tests. Half of a change can break a program; so tests that fail are run
# again with what GNU ld makes of the same inputs, and have to fail there too.
run_tests() {
  local passed=false
  # In the background, because "set -e" has no effect in a condition.
  check &
  if wait $!; then
    tests_passed=$((tests_passed + 1))
    return
  fi
  take_from_gnu_ld
  check &
  if wait $!; then
    passed=true
  fi
  give_back
  if $passed; then
    echo "history: tests pass with GNU ld, and fail with ld.linkd" >&2
    return 1
  fi
  echo "history: tests fail with GNU ld too"
  tests_broken=$((tests_broken + 1))
}

# take_from_gnu_ld  puts the outputs of GNU ld in the place of all that were linked since the records
# were forgotten.
take_from_gnu_ld() {
  local record target
  for record in "$work/links"/*; do
    record=${record##*/}
    target=$(linked_path "$record")
    if [ -z "$target" ] || [ ! -e "$work/by-gnu-ld/$record" ]; then
      continue
    fi
    [ -e "$target.linkd" ] || mv "$target" "$target.linkd"
    cp "$work/by-gnu-ld/$record" "$target"
  done
}

give_back() {
  local record target
  for record in "$work/links"/*; do
    target=$(linked_path "${record##*/}")
    if [ -e "$target.linkd" ]; then
      mv -f "$target.linkd" "$target"
    fi
  done
}
