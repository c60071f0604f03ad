# shellcheck shell=bash disable=SC2034,SC2154 # variables of run.sh and of the programs
# One program with one compiler: build, test, edit, relink, verify, test.

edits=3

expect() {
  if [ "$2" != "$3" ]; then
    echo "programs: $1: expected '$3', not '$2'" >&2
    exit 1
  fi
}

# choice NAME N  what edit N takes of a variable: programs can edit several files and functions.
choice() {
  local list="$1[@]"
  local values=("${!list}")
  echo "${values[($2 - 1) % ${#values[@]}]}"
}

# The function that edit N adds; programs that are not written in C have one of their own.
edit_function() {
  echo "static const char *linkd_edit_$1(void)"
  echo "{ static char text[] = \"linkd edit $1\"; return text; }"
}

# patch_source N  adds the function and the call of edit N.
patch_source() {
  local file statement
  file=$(choice edited "$1")
  # shellcheck disable=SC2059 # print is a format
  statement=$(printf "$(choice print "$1")" "linkd_edit_$1()")
  EDIT_TEXT=$(edit_function "$1") EDIT_STATEMENT=$statement \
    BEFORE=$(choice before "$1") INSIDE=$(choice inside "$1") awk '
      !before && index($0, ENVIRON["BEFORE"]) { print ENVIRON["EDIT_TEXT"]; before = 1 }
      { print }
      before && !inside && index($0, ENVIRON["INSIDE"]) {
        print ENVIRON["EDIT_STATEMENT"]; inside = 1
      }
      END { exit !(before && inside) }' "$file" >"$file.new" \
    || { echo "programs: $file has not the lines to edit at" >&2; exit 1; }
  cat "$file.new" >"$file"
  rm "$file.new"
}

# variant NAME COMPILER FLAGS  sets tree, and the variables that the program's functions read.
variant() {
  # shellcheck source=/dev/null
  . "$here/$1.program.sh"
  # shellcheck disable=SC2086 # a list
  install_packages dpkg-dev jq make gcc g++ clang $needs
  tree=$work/$1-$2${3// /}
  rm -rf "$tree"
  if [ -n "$package" ]; then
    fetch "$package" "$tree"
  else
    cp -r "$here/$1" "$tree"
  fi
  FLAGS=$3
  case $2 in
    gcc) CC="gcc -B$linker" CXX="g++ -B$linker" ;;
    clang) CC="clang --ld-path=$linker/ld" CXX="clang++ --ld-path=$linker/ld" ;;
  esac
  export CC CXX FLAGS
  export MAKEFLAGS=-j$jobs
}

# one NAME COMPILER FLAGS
one() {
  set -e
  local tree target record event first_ms links verified=0 patched=0 n micro=0 inside_ms=0 reasons=()
  rm -f "$work/compared"
  forget_links
  variant "$@"
  cd "$tree"
  build
  links=$(find "$work/links" -type f | wc -l)
  first_ms=$(($(link_word "$(link_to "$(realpath "$(choice output 1)")")" 1) / 1000))
  check
  for ((n = 1; n <= edits; n++)); do
    target=$(realpath "$(choice output "$n")")
    patch_source "$n"
    forget_links
    [ "$n" != "$edits" ] || touch "$work/compared"
    build
    target=$(realpath "$(choice output "$n")")
    record=$(link_to "$target") || { echo "programs: $target was not linked" >&2; exit 1; }
    event=$(field "$target" .lastEvent)
    case $event in
      *"; linked anew: "*) reasons+=("$n: ${event##*; linked anew: }") ;;
      *) patched=$((patched + 1)) ;;
    esac
    expect "what edit $n prints" \
      "$(LINKD_EDIT=1 probe 2>&1 | grep -o 'linkd edit [0-9]' | sort -u | wc -l)" "$n"
    "$root/bin/linkctl" verify "$target"
    verified=$((verified + 1))
    micro=$((micro + $(link_word "$record" 1)))
    inside_ms=$(field "$target" '.lastFlush
      | [.applyTime, .settleTime, .publishTime] | map(rtrimstr("s") | tonumber) | add * 1000')
  done
  check
  row "$1" "$2 $3" "$links" "$first_ms" passed "$patched/$edits" "$verified/$edits" \
    "$((micro / edits / 1000))" "$(printf '%.1f' "$inside_ms")" "$(gnu_ld_ms "$record")" \
    "${reasons[*]-}"
  expect "links that patched" "$patched" "${patched_links:-$edits}"
  cd "$work"
  [ -n "$folder" ] || rm -rf "$tree"
}

# gnu_ld_ms RECORD  how long GNU ld took for the same link.
gnu_ld_ms() {
  local micro
  micro=$(link_word "$1" 3)
  if [ "$micro" = failed ]; then
    cat "$work/by-gnu-ld/$1.said" >&2
    echo failed
  else
    echo $((micro / 1000))
  fi
}
