# shellcheck shell=bash disable=SC2034,SC2154 # root, work, linker: the scripts that read this
# The linker that compilers are given: ld.linkd, with a record of each link.

# make_linker FOLDER  a folder for gcc -B whose ld leaves a file in $work/links for each link: its
# microseconds and exit status, the microseconds of GNU ld, directory and words. When there is a file
# $work/compared, GNU ld links the same to $work/by-gnu-ld/RECORD, at once, because compilers delete
# some inputs; and ld.linkd explains in $work/said/RECORD what it did.
make_linker() {
  mkdir -p "$1"
  forget_links
  cat >"$1/ld" <<END
#!/bin/bash
start=\${EPOCHREALTIME/[.,]/}
record=\$start.\$\$
explain=
[ ! -e "$work/compared" ] || explain=--linkd-explain
"$root/bin/ld.linkd" "\$@" \$explain 2>"$work/said/\$record"
status=\$?
micro=\$((\${EPOCHREALTIME/[.,]/} - start))
cat "$work/said/\$record" >&2
gnu=-
if [ -e "$work/compared" ]; then
  start=\${EPOCHREALTIME/[.,]/}
  if ld.bfd "\$@" -o "$work/by-gnu-ld/\$record" >"$work/by-gnu-ld/\$record.said" 2>&1; then
    gnu=\$((\${EPOCHREALTIME/[.,]/} - start))
  else
    gnu=failed
  fi
fi
{
  printf '%s %s %s %q' "\$micro" "\$status" "\$gnu" "\$PWD"
  printf ' %q' "\$@"
  echo
} >"$work/links/\$record"
exit "\$status"
END
  chmod +x "$1/ld"
  linker=$1
}

forget_links() {
  rm -rf "$work/links" "$work/by-gnu-ld" "$work/said"
  mkdir "$work/links" "$work/by-gnu-ld" "$work/said"
}

# linked_path RECORD  the path of the output of a successful link; nothing for others.
linked_path() (
  eval "set -- $(<"$work/links/$1")"
  [ "$2" = 0 ] && cd "$4" 2>/dev/null || exit 0
  while [ $# -gt 0 ] && [ "$1" != -o ]; do shift; done
  realpath "${2-a.out}" 2>/dev/null || true
)

# link_to PATH  the name of the newest record of a successful link of the output at the path; fails
# when there is none.
link_to() {
  local record
  while read -r record; do
    if [ "$(linked_path "$record")" = "$1" ]; then
      echo "$record"
      return
    fi
  done < <(ls -r "$work/links")
  return 1
}

# link_word RECORD N  a word of a record: 1 microseconds, 2 exit status, 3 microseconds of GNU ld.
link_word() {
  cut -d ' ' -f "$2" "$work/links/$1"
}

# field PATH NAME  a field of the output at the path, as linkctl reports it.
field() {
  "$root/bin/linkctl" outputs --format json \
    | jq -r --arg path "$1" ".outputs[] | select(.options.path == \$path) | $2"
}
