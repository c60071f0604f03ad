# shellcheck shell=bash disable=SC2154 # root, folder: see run.sh
# The folder of a run, with a daemon of its own.

# begin_work NAME  sets work: the folder that was asked for, or one that goes when the script ends,
# as the daemon does.
begin_work() {
  work=$folder
  if [ -z "$folder" ]; then
    work=$(mktemp -d "${TMPDIR:-/tmp}/linkd-$1-XXXXXX")
  fi
  mkdir -p "$work/run"
  chmod 700 "$work/run"
  export LINKD_SOCKET=$work/run/s
  trap end_work EXIT
}

end_work() {
  "$root/bin/linkctl" stop >/dev/null 2>&1 || true
  if [ -z "$folder" ]; then
    rm -rf "$work"
  fi
}
