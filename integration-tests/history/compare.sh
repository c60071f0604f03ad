# shellcheck shell=bash disable=SC2154 # see run.sh and the projects
# The last link beside an independent one: by linkd of the same inputs, and by GNU ld.

# compare OUTPUT RECORD
compare() {
  local gnu=$work/by-gnu-ld/$2
  "$root/bin/linkctl" verify "$1"
  if [ "$(link_word "$2" 3)" = failed ]; then
    cat "$work/by-gnu-ld/$2.said"
    echo "history: GNU ld refuses what ld.linkd links" >&2
    return 1
  fi
  "$here/same.pl" "$1" "$gnu"
  probed "$1" >"$work/probe"
  probed "$gnu" >"$work/probe.gnu"
  diff -u "$work/probe.gnu" "$work/probe"
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

# run_tests OUTPUT RECORD  the project's own tests. Half of a change can break a program; so tests
# that fail are run with the program that GNU ld links, and have to fail there too.
run_tests() {
  local passed=false
  # In the background, because "set -e" has no effect in a condition.
  check &
  if wait $!; then
    tests_passed=$((tests_passed + 1))
    return
  fi
  mv "$1" "$1.linkd"
  cp "$work/by-gnu-ld/$2" "$1"
  check &
  if wait $!; then
    passed=true
  fi
  mv -f "$1.linkd" "$1"
  if $passed; then
    echo "history: tests pass with GNU ld, and fail with ld.linkd" >&2
    return 1
  fi
  echo "history: tests fail with GNU ld too"
  tests_broken=$((tests_broken + 1))
}
