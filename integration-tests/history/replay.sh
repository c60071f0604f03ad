# shellcheck shell=bash disable=SC2154 # see run.sh and the projects
# One project: build, then edit, compile, link and compare again and again.

# Edits between two runs of the project's own tests.
check_interval=25

# replay NAME
replay() {
  set -e
  local package output needs followed edits=() name=$1 tree=$work/$1 target
  local record objects applied done_edits=()
  local made=0 patched=0 since_check=0 tests_passed=0 tests_broken=0
  # shellcheck source=/dev/null
  . "$here/$1.history.sh"
  # shellcheck disable=SC2086 # a list
  install_packages $needs
  rm -rf "$tree" "$work/$1.edits"
  fetch "$package" "$tree"
  make_edits "$tree/debian/patches" "$followed" "$work/$1.edits"
  mapfile -t edits < <(find "$work/$1.edits" -type f | LC_ALL=C sort)
  cd "$tree"
  export CC=gcc MAKEFLAGS=-j$jobs
  # Projects set these themselves.
  unset CFLAGS LDFLAGS
  configure
  forget_links
  CC="gcc -B$linker"
  touch "$work/compared"
  build
  target=$(realpath "$output")
  record=$(link_to "$target")
  objects=$(tr ' ' '\n' <"$work/links/$record" | grep -c '\.[oa]$')
  : >"$work/$1.edits.json"
  compare "$target" "$record"
  check_comparison "$target" "$record"
  # Tests that fail before the first edit would say nothing of later ones.
  check
  forwards
  # The tests want whole changes.
  [ "$made" -ge "$edits_wanted" ] || run_tests
  backwards
  run_tests
  if [ "$made" -lt "$edits_wanted" ]; then
    echo "history: only $made of $edits_wanted edits" >&2
    exit 1
  fi
  report "$1"
  cd "$work"
  [ -n "$folder" ] || rm -rf "$tree"
}

# All edits in their order. What does not compile yet may do so after later ones.
forwards() {
  local progress=true later edit
  done_edits=()
  while $progress && [ "$made" -lt "$edits_wanted" ]; do
    progress=false
    later=()
    for edit in "${edits[@]}"; do
      [ "$made" -lt "$edits_wanted" ] || break
      # No condition: in one, "set -e" would have no effect.
      one_edit "$edit" ""
      if $applied; then
        progress=true
        done_edits+=("$edit")
      else
        later+=("$edit")
      fi
    done
    edits=(${later[@]+"${later[@]}"})
  done
}

# When these are too few, they are taken back, the last one first.
backwards() {
  local i
  for ((i = ${#done_edits[@]} - 1; i >= 0; i--)); do
    [ "$made" -lt "$edits_wanted" ] || break
    one_edit "${done_edits[i]}" -R
  done
}

# one_edit EDIT -R|""  sets applied: whether the edit could be made now.
one_edit() {
  local edit=$1 back=$2
  applied=false
  apply_edit "$tree" "$edit" ${back:+"$back"} || return 0
  forget_links
  if ! build; then
    ! refused || exit 1
    if [ -n "$back" ]; then
      apply_edit "$tree" "$edit"
    else
      apply_edit "$tree" "$edit" -R
    fi
    return 0
  fi
  applied=true
  # Some edits are in files that are not part of this build.
  record=$(link_to "$target") || return 0
  made=$((made + 1))
  count_edit "$edit$back"
  compare "$target" "$record"
  since_check=$((since_check + 1))
  if [ "$since_check" -ge "$check_interval" ] && [ "$made" -lt "$edits_wanted" ]; then
    since_check=0
    run_tests
  fi
}

# count_edit EDIT
count_edit() {
  local micro gnu said reason=null atoms
  micro=$(link_word "$record" 1)
  gnu=$(link_word "$record" 3)
  said=$(grep -F ": $target: " "$work/said/$record")
  case $said in
    *": patched;"*) patched=$((patched + 1)) ;;
    *": linked anew: "*)
      reason=${said##*: linked anew: }
      reason="\"${reason%%:*}\""
      ;;
    *) return 1 ;;
  esac
  # Added, changed and removed; those that moved follow from these.
  [[ $said =~ 'atoms: '([0-9]+)' added, '([0-9]+)' changed, '[0-9]+' moved, '([0-9]+)' removed' ]]
  atoms=$((BASH_REMATCH[1] + BASH_REMATCH[2] + BASH_REMATCH[3]))
  printf '{"edit": "%s", "atoms": %s, "linkdMicros": %s, "gnuLdMicros": %s, "linkedAnew": %s}\n' \
    "${1#"$work/$name.edits/"}" "$atoms" "$micro" "$gnu" "$reason" \
    >>"$work/$name.edits.json"
  echo "history: edit $made: ${1#"$work/$name.edits/"}: $micro us: ${said#*: "$target": }"
}

# report NAME  a row of the table, and a file of JSON.
report() {
  jq -s --arg project "$1" --arg version "$(dpkg-parsechangelog -S Version)" \
    --arg output "$output" --argjson inputs "$objects" --argjson patched "$patched" \
    --argjson passed "$tests_passed" --argjson broken "$tests_broken" '
    def median: sort | .[(length - 1) / 2 | floor] / 1000 * 10 | round / 10;
    {
      project: $project, version: $version, output: $output, inputs: $inputs,
      edits: length, different: (map(select(.atoms > 0)) | length), patched: $patched, compared: (length + 1),
      testsPassed: $passed, testsBrokenByEdit: $broken,
      linkdMedianMillis: (map(.linkdMicros) | median),
      gnuLdMedianMillis: (map(.gnuLdMicros) | median),
      linkedAnew: (map(.linkedAnew // empty) | group_by(.) | map({(.[0]): length}) | add // {}),
      each: .
    }' "$work/$1.edits.json" >"$work/$1.json"
  jq -r '[.project, .edits, .different, .patched, "\(1000 * .patched / .edits | round / 10) %", .compared,
    .testsPassed, .testsBrokenByEdit, .inputs, .linkdMedianMillis, .gnuLdMedianMillis,
    (.linkedAnew | to_entries | map("\(.key) \(.value)") | join(", "))] | map(tostring) | join("|")
    ' "$work/$1.json" >>"$work/rows"
  # 95 in 100.
  if [ $((patched * 100)) -lt $((made * 95)) ]; then
    echo "history: only $patched of $made edits were patched" >&2
    exit 1
  fi
}
