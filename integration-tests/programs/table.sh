# shellcheck shell=bash disable=SC2154 # work: see run.sh
# The table: a row for each program and variant, in $work/rows, so that a run that was interrupted can
# go on; and the time that a row may take.

row() {
  local IFS='|'
  echo "$*" >>"$work/rows"
}

# begin_table CONTINUE  keeps the rows of an earlier run in the folder, or starts with none.
begin_table() {
  $1 || : >"$work/rows"
  touch "$work/rows"
}

# rows_of NAME VARIANT  its rows; fails when there are none.
rows_of() {
  awk -F '|' -v name="$1" -v variant="$2" '
    $1 == name && $2 == variant { print; found = 1 }
    END { exit !found }' "$work/rows"
}

# has_passed NAME VARIANT  whether it has rows and none that failed.
has_passed() {
  local found
  found=$(rows_of "$1" "$2") || return 1
  ! grep -q '^[^|]*|[^|]*|[^|]*|[^|]*|failed|' <<<"$found"
}

# forget_rows NAME VARIANT
forget_rows() {
  awk -F '|' -v name="$1" -v variant="$2" '$1 != name || $2 != variant' "$work/rows" \
    >"$work/rows.new"
  mv "$work/rows.new" "$work/rows"
}

print_table() {
  {
    echo -n 'program|variant|links|first link ms|tests|patched|verify'
    echo '|ld.linkd ms|in daemon ms|GNU ld ms|linked anew because'
    cat "$work/rows"
  } | column -t -s '|'
}

# end_of GROUP MINUTES  waits for the processes that started with GROUP and gives its exit status.
# When they take longer they are ended.
end_of() {
  if ! timeout "${2}m" tail --pid="$1" -s 0.2 -f /dev/null; then
    echo "programs: ended after $2 minutes" >&2
    end_group "$1"
    return 1
  fi
  wait "$1"
}

end_group() {
  kill -TERM -- "-$1" 2>/dev/null || return 0
  timeout 5 tail --pid="$1" -s 0.2 -f /dev/null || true
  kill -KILL -- "-$1" 2>/dev/null || true
  wait "$1" 2>/dev/null || true
}
