# shellcheck shell=bash disable=SC2154 # root, work: see run.sh
# Debian packages and their sources.

# install PACKAGE...  installs what is missing. Another run beside this one may have the same to do,
# and apt-get would not wait for it.
install_packages() (
  flock 9
  local missing=() package
  for package in "$@"; do
    if [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" != installed ]; then
      missing+=("$package")
    fi
  done
  [ "${#missing[@]}" -gt 0 ] || return 0
  if [ "$(id -u)" != 0 ]; then
    echo "programs: missing; install as root: apt-get install ${missing[*]}" >&2
    return 1
  fi
  export DEBIAN_FRONTEND=noninteractive
  apt-get -q update
  apt-get -q install -y --no-install-recommends "${missing[@]}"
) 9<"$root/pom.xml"

# with_sources COMMAND...  apt-get or apt-cache with the sources of the packages that this machine is
# set up for, without touching its lists.
with_sources() {
  local parts=$work/apt/parts command=$1
  shift
  set -- -o "Dir::Etc::sourceparts=$parts" -o "Dir::Etc::sourcelist=$work/apt/none" \
    -o "Dir::State::lists=$work/apt/lists" -o "Dir::Cache::pkgcache=" \
    -o "Dir::Cache::srcpkgcache=" -o APT::Sandbox::User=root "$@"
  if [ ! -d "$parts" ]; then
    mkdir -p "$parts" "$work/apt/lists/partial"
    : >"$work/apt/none"
    local file
    for file in /etc/apt/sources.list.d/*.sources; do
      [ -e "$file" ] || continue
      sed 's/^Types: .*/Types: deb-src/' "$file" >"$parts/${file##*/}"
    done
    for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
      [ -e "$file" ] || continue
      sed -n 's/^deb /deb-src /p' "$file" >"$parts/${file##*/}.list"
    done
    apt-get "${@:1:12}" -q update >&2 || return 1
  fi
  "$command" "$@"
}

# Versions of the source of a package, newest first: a mirror may not have the newest.
versions() {
  with_sources apt-cache showsrc --only-source "$1" | sed -n 's/^Version: //p' | sort -ruV
}

# fetch PACKAGE FOLDER  unpacks the source of a package as its authors publish it.
fetch() {
  local cache=$work/sources/$1 version
  if [ ! -d "$cache/tree" ]; then
    for version in $(versions "$1"); do
      rm -rf "$cache"
      mkdir -p "$cache"
      if (cd "$cache" && with_sources apt-get -q source --download-only "$1=$version" \
        && dpkg-source --skip-patches -x ./*.dsc tree.new && mv tree.new tree); then
        break
      fi
    done
    if [ ! -d "$cache/tree" ]; then
      echo "programs: the source of $1 could not be fetched from Debian" >&2
      return 1
    fi
  fi
  cp -a "$cache/tree" "$2"
}
