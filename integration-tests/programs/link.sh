# shellcheck shell=bash disable=SC2034,SC2154 # variables of run.sh and of the programs
# One program with one compiler: build, test, edit, relink, verify, test.

edits=3

# make_linker FOLDER  a folder for gcc -B whose ld notes how long each link takes.
make_linker() {
  mkdir -p "$1"
  cat >"$1/ld" <<END
#!/bin/bash
start=\${EPOCHREALTIME/[.,]/}
"$root/bin/ld.linkd" "\$@"
status=\$?
end=\${EPOCHREALTIME/[.,]/}
printf '%s %s %q' "\$((end - start))" "\$status" "\$PWD" >>"$work/links"
printf ' %q' "\$@" >>"$work/links"
echo >>"$work/links"
exit "\$status"
END
  chmod +x "$1/ld"
  linker=$1
}

row() {
  local IFS='|'
  echo "$*" >>"$rows"
}

# field PATH NAME  a field of the output at the path, as linkctl reports it.
field() {
  "$root/bin/linkctl" outputs --format json \
    | jq -r --arg path "$1" ".outputs[] | select(.options.path == \$path) | $2"
}

expect() {
  if [ "$2" != "$3" ]; then
    echo "programs: $1: expected '$3', not '$2'" >&2
    exit 1
  fi
}

# The function that edit N adds; programs that are not written in C have one of their own.
edit_function() {
  echo "static const char *linkd_edit_$1(void)"
  echo "{ static char text[] = \"linkd edit $1\"; return text; }"
}

# patch_source N  adds the function and the call of edit N.
patch_source() {
  local statement
  # shellcheck disable=SC2059 # print is a format
  statement=$(printf "$print" "linkd_edit_$1()")
  EDIT_TEXT=$(edit_function "$1") EDIT_STATEMENT=$statement \
    BEFORE=$before INSIDE=$inside awk '
      !before && index($0, ENVIRON["BEFORE"]) { print ENVIRON["EDIT_TEXT"]; before = 1 }
      { print }
      before && !inside && index($0, ENVIRON["INSIDE"]) {
        print ENVIRON["EDIT_STATEMENT"]; inside = 1
      }
      END { exit !(before && inside) }' "$edited" >"$edited.new" \
    || { echo "programs: $edited has not the lines to edit at" >&2; exit 1; }
  cat "$edited.new" >"$edited"
  rm "$edited.new"
}

# one NAME COMPILER FLAGS
one() {
  set -e
  # shellcheck source=/dev/null
  . "$here/$1.program.sh"
  # shellcheck disable=SC2086 # a list
  install_packages dpkg-dev jq make gcc g++ clang $needs
  local tree=$work/$1-$2${3// /}
  if [ -n "$package" ]; then
    fetch "$package" "$tree"
  else
    cp -r "$here/$1" "$tree"
  fi
  cd "$tree"
  FLAGS=$3
  case $2 in
    gcc) CC="gcc -B$linker" CXX="g++ -B$linker" ;;
    clang) CC="clang --ld-path=$linker/ld" CXX="clang++ --ld-path=$linker/ld" ;;
  esac
  export CC CXX FLAGS
  build
  check
  local target generation patched=0 n micro=0 inside_ms=0
  target=$(realpath "$output")
  for ((n = 1; n <= edits; n++)); do
    generation=$(field "$target" .generation)
    patch_source "$n"
    : >"$work/links"
    build
    if [ "$(field "$target" .generation)" = "$((generation + 1))" ]; then
      patched=$((patched + 1))
    fi
    expect "what edit $n prints" "$(LINKD_EDIT=1 probe 2>&1 | grep -c 'linkd edit')" "$n"
    "$root/bin/linkctl" verify "$target"
    micro=$((micro + $(awk 'END { print $1 }' "$work/links")))
    inside_ms=$(field "$target" '.lastFlush
      | [.applyTime, .settleTime, .publishTime] | map(rtrimstr("s") | tonumber) | add * 1000')
  done
  check
  expect "links that patched" "$patched" "$edits"
  row "$1" "$2 $3" passed "$edits" "$patched" "$((micro / edits / 1000))" \
    "$(printf '%.1f' "$inside_ms")" "$(gnu_ld_ms)"
  cd "$work"
  rm -rf "$tree"
}

# How long GNU ld takes for the last link.
gnu_ld_ms() {
  local line start end
  line=$(tail -n 1 "$work/links")
  read -r _ _ directory words <<<"$line"
  start=${EPOCHREALTIME/[.,]/}
  (eval "cd $directory && ld.bfd $words -o $work/by-gnu-ld") >/dev/null 2>&1 || { echo failed; return; }
  end=${EPOCHREALTIME/[.,]/}
  rm -f "$work/by-gnu-ld"
  echo "$(((end - start) / 1000))"
}
