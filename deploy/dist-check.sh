#!/usr/bin/env bash
# The packages of target/dist, each on a machine that has nothing else, against the fake Harness. Takes root, and what
# `deploy/tools.sh dist` installs; what is missing is skipped with a word.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/target/tools/bin:$PATH" LC_ALL=C

dist=$PWD/target/dist
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
work=$(mktemp -d)
trap 'exec {fake_in}>&- 2> /dev/null || true; rm -rf --one-file-system "$work"' EXIT

main() {
  (cd "$dist" && sha256sum --quiet --check SHA256SUMS) && echo "ok: checksums"
  start_fake
  check tarball
  check tarball_of_arm qemu-aarch64-static
  check debian_package mmdebstrap lintian
  check rpm_package rpm mmdebstrap
  check container_image skopeo umoci
  check bill_of_materials python3
}

check() {
  local name=$1 tool
  shift
  for tool in "$@"; do
    command -v "$tool" > /dev/null || { echo "skipped: $name: $tool is not installed"; return; }
  done
  mkdir "$work/$name"
  (set -e && cd "$work/$name" && "$name") > "$work/log" 2>&1 || { cat "$work/log"; echo "FAILED: $name"; exit 1; }
  echo "ok: $name"
}

start_fake() {
  cargo build --quiet --locked --package fake-harness --features process
  coproc fake { target/debug/fake_harness --demo; }
  fake_in=${fake[1]}
  read -r ready <&"${fake[0]}"
  field() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" <<< "$ready"; }
  HARNESS_BASE_URL=$(field base_url)
  export HARNESS_BASE_URL
  field api_key > "$work/key"
}

# The main job. `run` is how a command is run on the machine that is checked; KEY is the key's file there.
main_job() {
  run --version | grep -F "harness-access $version"
  run sync --api-key-file "$KEY"
  run sync --api-key-file "$KEY"
  run snapshots | grep -F '2 snapshots'
  run diff
  run report --output - > report.html && grep -q '</html>' report.html
}

tarball() {
  tar -xzf "$dist/harness-access-$version-x86_64-unknown-linux-musl.tar.gz" --strip-components=1
  ls LICENSE README.md CHANGELOG.md harness-access.1 completions systemd kubernetes > /dev/null
  KEY=$work/key
  run() { env -i HARNESS_BASE_URL="$HARNESS_BASE_URL" ./harness-access "$@"; }
  main_job
}

tarball_of_arm() {
  local archive=$dist/harness-access-$version-aarch64-unknown-linux-musl.tar.gz
  [ -e "$archive" ] || { echo "not built"; return; }
  tar -xzf "$archive" --strip-components=1
  KEY=$work/key
  run() { env -i HARNESS_BASE_URL="$HARNESS_BASE_URL" qemu-aarch64-static ./harness-access "$@"; }
  main_job
}

# A Debian of its own, with dpkg and what the package depends on.
debian_root() {
  mmdebstrap --quiet --variant=minbase --include="$1" bookworm root
  install -D -m 600 "$work/key" root/etc/harness-access/api-key
  KEY=/etc/harness-access/api-key
  run() { chroot root env -i HARNESS_BASE_URL="$HARNESS_BASE_URL" PATH=/usr/bin:/bin harness-access "$@"; }
}

debian_package() {
  local deb=$dist/harness-access_$version-1_amd64.deb
  # A quick build is not stripped, which lintian minds.
  [ "${PROFILE:-release}" = dev ] || lintian --fail-on error --tag-display-limit 0 "$deb"
  debian_root ca-certificates,systemd
  cp "$deb" root/tmp/package.deb
  unshare --mount sh -euc 'mount -t proc proc root/proc && chroot root dpkg --install /tmp/package.deb'
  chroot root getent passwd harness-access
  [ "$(stat -c %a:%U root/etc/harness-access)" = 700:root ]
  main_job
  run completions bash | cmp - root/usr/share/bash-completion/completions/harness-access
  chroot root dpkg --remove harness-access
  [ ! -e root/usr/bin/harness-access ] && [ -d root/var/lib/harness-access ]
}

rpm_package() {
  local package=$dist/harness-access-$version-1.x86_64.rpm
  rpm -qip "$package"
  rpm -qlp "$package" | grep -Fx /usr/lib/systemd/system/harness-access.timer
  debian_root ca-certificates,rpm
  cp "$package" root/tmp/package.rpm
  # The certificates are there as a Debian package, which rpm does not know of.
  chroot root rpm --install --nodeps /tmp/package.rpm
  main_job
  chroot root rpm --erase harness-access
  [ ! -e root/usr/bin/harness-access ]
}

# An empty root that only /data can be written in, and a user that is only a number, as Kubernetes runs it.
container_image() {
  skopeo copy --quiet "oci-archive:$dist/harness-access-$version-amd64.oci.tar" oci:image:it
  umoci unpack --image image:it bundle
  install -o 65532 -g 65532 -m 400 "$work/key" bundle/rootfs/data/key
  KEY=/data/key
  run() {
    unshare --mount sh -euc '
      mount --bind rootfs rootfs && mount --bind rootfs/data rootfs/data && mount -o remount,bind,ro rootfs
      cd / && exec env -i HARNESS_BASE_URL="$HARNESS_BASE_URL" HARNESS_ACCESS_DB=/data/access.db \
        setpriv --no-new-privs unshare --root "$0/rootfs" --wd /data --setgid 65532 --setuid 65532 \
        /harness-access "$@"' "$PWD" "$@"
  }
  cd bundle
  main_job
  [ "$(stat -c %a:%u rootfs/data/access.db)" = 600:65532 ]
  ! HARNESS_BASE_URL=https://127.0.0.1:1 run doctor --api-key-file /data/key 2> message
  grep -v "No CA certificates" message
}

bill_of_materials() {
  python3 - "$dist/harness-access-$version.cdx.json" << 'PYTHON'
import json, sys
bill = json.load(open(sys.argv[1]))
names = {component["name"] for component in bill["components"]}
assert bill["bomFormat"] == "CycloneDX" and {"rusqlite", "libsqlite3-sys", "ureq", "rustls"} <= names, names
PYTHON
}

main "$@"
