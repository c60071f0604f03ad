#!/bin/sh
# Makes sure that the base images of the Dockerfile are there: pulled, or, where no registry can
# be reached, a stand-in from Debian packages and the JDK that runs the tests.
set -eu
cd -- "$(dirname -- "$0")/../.."
. libexec/jdk.sh
find_java javac
podman=${PODMAN:-podman --runtime runc}

bases=$(sed -n 's/^FROM \([^ ]*\).*/\1/p' Dockerfile | sort -u)
missing=
for base in $bases; do
  $podman image exists "$base" || $podman pull -q "$base" 2>/dev/null || missing="$missing $base"
done
[ -n "$missing" ] || exit 0

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
echo "container: no registry; making stand-ins for$missing" >&2
debootstrap --variant=minbase --include=ca-certificates bookworm "$root/image" >"$root/log" || {
  cat "$root/log" >&2
  exit 1
}
mkdir -p "$root/image/opt/java"
cp -rL "$JAVA_HOME" "$root/image/opt/java/openjdk"
rm -rf "$root"/image/var/cache/apt/archives/*.deb
tar -C "$root/image" -c . | $podman import \
  --change 'ENV JAVA_HOME=/opt/java/openjdk' \
  --change 'ENV PATH=/opt/java/openjdk/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' \
  - linkd-stand-in >/dev/null
for base in $missing; do
  $podman tag linkd-stand-in "$base"
done
