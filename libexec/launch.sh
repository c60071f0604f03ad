# shellcheck shell=sh
# What the launchers in bin/ have in common; read with "." after setting self to the resolved path
# of the launcher.
#
# prepare         sets home, lib, cache and JAVA_HOME.
# jars FOLDER...  sets classpath to the jars in these folders, sorted, so that a shared archive of
#                 classes fits the next time.
# wait_for_slot   bounds the number of links in processes of their own.
#
# lib holds the jars of the client, and those that client and daemon share; lib/daemon those that
# only the daemon needs. It is $LINKD_LIB when set; lib/ of an unpacked distribution; in a checkout a copy of what Maven
# packed, kept by content in target/launch/, so that a running daemon keeps its jars while the next
# version is built. Nothing here writes to stdout: it belongs to the program.

# shellcheck source=libexec/jdk.sh disable=SC2154 # self: see above
. "${self%/*}/../libexec/jdk.sh"

prepare() {
  home=$(cd -- "${self%/*}/.." && pwd -P)
  if [ -n "${LINKD_LIB-}" ]; then
    lib=$LINKD_LIB
    cache=$(user_cache)
  elif [ -d "$home/lib" ]; then
    lib=$home/lib
    cache=$(user_cache)
  elif [ -f "$home/pom.xml" ]; then
    launch=$home/target/launch
    mkdir -p "$launch"
    touch "$launch/looked"
    if is_stale; then
      build
    else
      touch -r "$launch/looked" "$launch/current"
    fi
    read -r build_id <"$launch/current"
    cache=$launch/$build_id
    # shellcheck disable=SC2034 # the launchers use it
    lib=$cache/lib
  else
    echo "linkd: $home has neither lib/ nor sources; unpack the distribution again." >&2
    return 1
  fi
  find_java java
}

jars() {
  classpath=
  for folder in "$@"; do
    for jar in "$folder"/*.jar; do
      classpath=$classpath${classpath:+:}$jar
    done
  done
}

# Waits until fewer links run in processes of their own than there are processors, so that a build of
# many programs does not start many JVMs, each with a program in memory. A slot is a lock of flock(2) on a file
# that stays open: it is free again when the process has ended, however it ends. A link that is started
# by a link (LINKD_SLOT) has its slot already; it must not wait for the one that waits for it. Where no
# lock can be made, there is no bound.
wait_for_slot() {
  [ -z "${LINKD_SLOT-}" ] && command -v flock >/dev/null && command -v nproc >/dev/null || return 0
  case ${XDG_RUNTIME_DIR-} in
    /*) slots=$XDG_RUNTIME_DIR/linkd ;;
    *) slots=/tmp/linkd-$(id -u) ;;
  esac
  [ -d "$slots" ] || (umask 077 && mkdir -p "$slots") 2>/dev/null || return 0
  # shellcheck disable=SC3067 # every sh of Linux knows -O
  [ ! -L "$slots" ] && [ -O "$slots" ] || return 0
  slot_count=$(nproc)
  slot_rounds=0
  while :; do
    slot=0
    while [ "$slot" -lt "$slot_count" ]; do
      if take_slot "$slot" -n; then return 0; fi
      slot=$((slot + 1))
    done
    if take_slot $((($$ + slot_rounds) % slot_count)) -w 3; then return 0; fi
    slot_rounds=$((slot_rounds + 1))
    if [ "$slot_rounds" = 1 ]; then
      echo "ld.linkd: waiting for one of $slot_count links without a daemon to end" >&2
    fi
  done
}

# Takes slot $1, or fails; the other arguments are those of flock. A lock that cannot be made is no
# obstacle.
take_slot() {
  slot_file=$slots/own-link-$1.lock
  shift
  if command exec 8>"$slot_file" && ! flock "$@" 8; then
    return 1
  fi
  export LINKD_SLOT="$slot_file"
}

# A folder for files that only save time. The JVM checks that an archive fits the jars and itself.
user_cache() {
  echo "${XDG_CACHE_HOME:-${HOME:-/tmp/linkd-$(id -u)}/.cache}/linkd"
}

# Whether a source file is newer than the build that was last started and succeeded. Folders count,
# so that a deleted file is noticed.
is_stale() {
  [ -f "$launch/current" ] || return 0
  [ -n "$(find "$home/pom.xml" "$home"/*/pom.xml "$home/proto/src/main" "$home/daemon/src/main" \
    "$home/client/src/main" "$home"/examples/*/*.[ch] -newer "$launch/current" -print -quit)" ]
}

# Builds once, however many launchers find the build stale at the same moment.
build() {
  mkdir -p "$launch"
  exec 9>"$launch/lock"
  flock 9
  if is_stale; then
    echo "linkd: building from the sources; log in $launch/build.log" >&2
    find_java javac
    touch "$launch/started"
    packed=$home/integration-tests/target/distribution/linkd
    if ! (cd "$home" && ./mvnw -B -Dmaven.test.skip=true -Dspotless.check.skip=true \
      package) >"$launch/build.log" 2>&1 9>&- </dev/null; then
      grep -m 20 ERROR "$launch/build.log" >&2 || tail -n 20 "$launch/build.log" >&2
      echo "linkd: the build failed; nothing was started." >&2
      return 1
    fi
    install_build
  fi
  exec 9>&-
}

# Copies the packed jars under the hash of their content and makes them current. The build before
# stays for a daemon that runs from it.
install_build() {
  build_id=$(cd "$packed/lib" && sha256sum ./*.jar daemon/*.jar | sha256sum | cut -c 1-16)
  previous=$build_id
  if [ -f "$launch/current" ]; then
    read -r previous <"$launch/current"
  fi
  if [ ! -d "$launch/$build_id/lib" ]; then
    rm -rf "$launch/new"
    mkdir "$launch/new"
    cp -r "$packed/lib" "$launch/new/lib"
    rm -rf "${launch:?}/$build_id"
    mv "$launch/new" "$launch/$build_id"
  fi
  echo "$build_id" >"$launch/current.new"
  touch -r "$launch/started" "$launch/current.new"
  mv "$launch/current.new" "$launch/current"
  find "$launch" -mindepth 1 -maxdepth 1 -type d ! -name "$build_id" ! -name "$previous" \
    -exec rm -rf {} +
}

# Compiles the front-end that needs no JVM and sets native to its path; fails where that cannot be
# done, without a word: the front-end in Java does the same. A compiler that calls ld.linkd tells the
# compilers below it where it found that; they would call ld.linkd again to link it.
native_front_end() {
  sources=$home/client/native
  native=$cache/ld.linkd
  from_native=../../../bin/linkctl
  if [ ! -f "$home/pom.xml" ]; then
    sources=$home/native
    native=$home/lib/native/ld.linkd
    from_native=../../bin/linkctl
  fi
  command -v cc >/dev/null && [ -f "$sources/ld.c" ] && mkdir -p "${native%/*}" 2>/dev/null \
    && [ -w "${native%/*}" ] || return 1
  jars "$lib"
  daemon_build=$(LC_ALL=C.UTF-8 "$JAVA_HOME/bin/java" -Xshare:auto -XX:TieredStopAtLevel=1 -cp "$classpath" \
    dev.linkd.rendezvous.Main) || return 1
  for linking in -static ''; do
    # shellcheck disable=SC2086 # no word when empty
    if env -u COMPILER_PATH -u GCC_EXEC_PREFIX -u LIBRARY_PATH cc -std=c11 -D_GNU_SOURCE -O2 $linking \
      "-DLINKD_BUILD=\"$daemon_build\"" "-DLINKD_LINKCTL=\"$from_native\"" \
      -o "$native.$$" "$sources"/*.c 2>/dev/null; then
      mv "$native.$$" "$native"
      # The name that gcc looks for in a folder given with -B.
      ln -f "$native" "${native%/*}/ld" 2>/dev/null || true
      return
    fi
  done
  rm -f "$native.$$"
  return 1
}

# Sets archived and archive to the options and the file with which the JVM takes its classes from an
# archive that an earlier run left in the cache, or leaves one there when it ends. None without a
# cache that is the user's own: an archive is code. The JVM would report on stdout that an archive
# does not fit; it only costs time, hence no warnings.
# shellcheck disable=SC2034 # used by the launchers
class_archive() {
  archived=
  mkdir -p "$cache" 2>/dev/null || true
  # shellcheck disable=SC3067 # every sh of Linux knows -O
  if [ -O "$cache" ] && [ -w "$cache" ]; then
    archived="-Xshare:auto -XX:+AutoCreateSharedArchive -Xlog:disable -XX:-PrintWarnings"
    archive=$cache/$1.jsa
  else
    archive=
  fi
}
