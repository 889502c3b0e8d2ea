#!/usr/bin/env bash
# A container image of a static program, as an OCI archive: deploy/image/build.sh PROGRAM ARCHITECTURE ARCHIVE
#
# Takes buildah, and neither a daemon nor the network. The same program and the same certificates give the same bytes.
set -euo pipefail
program=$1 architecture=$2 archive=$3
cd "$(dirname "$0")/../.."

SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
certificates=${CERTIFICATES:-/etc/ssl/certs/ca-certificates.crt}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/context/data"
install -m 755 "$program" "$work/context/harness-access"
install -m 644 "$certificates" "$work/context/ca-certificates.crt"

export BUILDAH_ISOLATION=chroot
storage=(--root "$work/storage" --runroot "$work/run" --storage-driver vfs)
buildah "${storage[@]}" build --quiet --layers=false --identity-label=false --timestamp "$SOURCE_DATE_EPOCH" \
  --platform "linux/$architecture" --tag "localhost/harness-access:$version" \
  --build-arg VERSION="$version" --build-arg REVISION="$(git rev-parse HEAD)" \
  --build-arg CREATED="$(date -u -d "@$SOURCE_DATE_EPOCH" +%Y-%m-%dT%H:%M:%SZ)" \
  --file deploy/image/Containerfile "$work/context" > "$work/id"
buildah "${storage[@]}" push --quiet "$(cat "$work/id")" "oci:$work/layout:$version"
# What `oci-archive:` writes holds the time of writing.
tar --create --directory "$work/layout" --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner \
  --mode=u=rwX,go=rX --file "$archive" .
