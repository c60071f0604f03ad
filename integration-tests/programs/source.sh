# shellcheck shell=bash disable=SC2154 # work: see run.sh
# Debian packages and their sources.

# install PACKAGE...  installs what is missing.
install_packages() {
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
}

# apt with the sources of the packages that this machine is set up for, without touching its lists.
apt_sources() {
  local parts=$work/apt/parts
  if [ ! -d "$parts" ]; then
    mkdir -p "$parts" "$work/apt/lists/partial"
    : >"$work/apt/none"
    local file
    for file in /etc/apt/sources.list.d/*.sources; do
      [ -e "$file" ] || continue
      sed 's/^Types: deb$/Types: deb-src/' "$file" >"$parts/${file##*/}"
    done
    for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
      [ -e "$file" ] || continue
      sed -n 's/^deb /deb-src /p' "$file" >"$parts/${file##*/}.list"
    done
    apt_with_sources -q update || return 1
  fi
  apt_with_sources "$@"
}

apt_with_sources() {
  apt-get -o "Dir::Etc::sourceparts=$work/apt/parts" -o "Dir::Etc::sourcelist=$work/apt/none" \
    -o "Dir::State::lists=$work/apt/lists" -o APT::Sandbox::User=root "$@"
}

# fetch PACKAGE FOLDER  unpacks the source of a package as its authors publish it.
fetch() {
  local cache=$work/sources/$1
  if [ ! -d "$cache" ]; then
    mkdir -p "$cache"
    if ! (cd "$cache" && apt_sources -q source --download-only "$1" \
      && dpkg-source --skip-patches -x ./*.dsc tree); then
      rm -rf "$cache"
      echo "programs: the source of $1 could not be fetched from Debian" >&2
      return 1
    fi
  fi
  cp -a "$cache/tree" "$2"
}
