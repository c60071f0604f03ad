# shellcheck shell=sh
# Finds a Java for the scripts beside it; read with ".", not run.
#
# find_java FILE   sets JAVA_HOME to a Java 25 or newer that has bin/FILE ("java" to run linkd,
#                  "javac" to build it) and exports it; otherwise says what to install and fails.
#
# LINKD_JAVA_FOLDERS replaces the system folders that are searched for Java homes; its words are
# separated by spaces.
#
# The version comes from the file "release" that every Java home has: asking the JVM itself would
# cost more than all the rest of a launcher.

# JVM options of the daemon, and of what measures its code. An update runs much code once, and little
# in loops: it waits for code as much as for data, so that small code is fast code, and it is compiled
# sooner (docs/measurements.md).
# shellcheck disable=SC2034 # for those who read this file
small_code="-XX:LoopUnrollLimit=0 -XX:LoopOptsCount=10 -XX:InlineSmallCode=1500"

JAVA_MIN=25
: "${LINKD_JAVA_FOLDERS=/usr/lib/jvm /opt/java /opt /usr/java /usr/local}"

# Sets java_major to the feature version of the Java in $1, or to 0.
java_version() {
  java_major=0
  if [ ! -x "$1/bin/java" ] || [ ! -r "$1/release" ]; then
    return 0
  fi
  while IFS= read -r java_line || [ -n "$java_line" ]; do
    case $java_line in
      JAVA_VERSION=*)
        java_line=${java_line#JAVA_VERSION=}
        java_line=${java_line#\"}
        java_major=${java_line%%[!0-9]*}
        ;;
    esac
  done <"$1/release"
  : "${java_major:=0}"
}

# Whether $1 is a Java home that is new enough and has bin/$2.
is_java() {
  [ -x "$1/bin/$2" ] || return 1
  java_version "$1"
  [ "$java_major" -ge "$JAVA_MIN" ]
}

find_java() {
  if [ -n "${JAVA_HOME-}" ] && is_java "$JAVA_HOME" "$1"; then
    export JAVA_HOME
    return 0
  fi
  for java_folder in $LINKD_JAVA_FOLDERS "${HOME-}/.sdkman/candidates/java" "${HOME-}/.jdks"; do
    for java_home in "$java_folder"/*; do
      if is_java "$java_home" "$1"; then
        JAVA_HOME=$java_home
        export JAVA_HOME
        return 0
      fi
    done
  done
  if java_home=$(command -v "$1"); then
    java_home=$(readlink -f -- "$java_home")
    java_home=${java_home%/bin/*}
    if is_java "$java_home" "$1"; then
      JAVA_HOME=$java_home
      export JAVA_HOME
      return 0
    fi
  fi
  echo "linkd: no Java $JAVA_MIN or newer with bin/$1 in JAVA_HOME, PATH, ~/.sdkman, ~/.jdks or" \
    "a folder in $LINKD_JAVA_FOLDERS." >&2
  echo "linkd: install a JDK $JAVA_MIN, for example Eclipse Temurin (https://adoptium.net)," \
    "or set JAVA_HOME." >&2
  return 1
}
