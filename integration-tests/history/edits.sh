# shellcheck shell=bash
# Edits from series of patches.

# split_patch FOLDER FILES  reads a patch and writes each of its hunks for files whose names match
# as a patch of its own, in their order.
split_patch() {
  mkdir -p "$1"
  awk -v folder="$1" -v files="$2" '
    /^--- / { old = $0; part = 0; next }
    /^\+\+\+ / && old != "" { new = $0; name = $2; sub(/^[^\/]*\//, "", name); next }
    /^@@ / {
      if (file != "") close(file)
      file = ""
      # A file that is new or goes is no edit of what is linked.
      part = (old new) !~ /\/dev\/null/ && name ~ files
      if (part) {
        file = sprintf("%s/%03d", folder, ++number)
        print old > file
        print new > file
      }
    }
    /^diff |^Index: |^-- $/ { part = 0; old = "" }
    part { print > file }'
}

# make_edits PATCHES FILES FOLDER  the hunks of all patches of a series, in order: FOLDER/PATCH/HUNK.
make_edits() {
  local patch number=0
  while read -r patch _; do
    case $patch in
      '' | '#'*) continue ;;
    esac
    number=$((number + 1))
    split_patch "$3/$(printf %03d "$number")-$(basename "$patch" .patch)" "$2" <"$1/$patch"
  done <"$1/series"
}

# apply_edit TREE EDIT [-R]  applies an edit, or takes it back; or does nothing of it.
apply_edit() {
  patch -d "$1" -p1 -s -f ${3+"$3"} --dry-run <"$2" >/dev/null \
    && patch -d "$1" -p1 -s -f ${3+"$3"} --no-backup-if-mismatch <"$2"
}
