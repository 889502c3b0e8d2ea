#!/usr/bin/env bash
# Everything a release consists of, in target/dist: for each target a tar.gz, a deb, an rpm and a container image; a list
# of all that went in (CycloneDX); SHA256SUMS. Built twice from one commit, on one machine, it is the same bytes.
#
#   deploy/dist.sh [TARGET...]     (default: every target that this machine can link)
#
# PROFILE=dev makes packages quickly, to try them.
set -euo pipefail
cd "$(dirname "$0")/.."

export SOURCE_DATE_EPOCH LC_ALL=C TZ=UTC
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
umask 022
# Tools that `deploy/tools.sh dist` has put here come first.
export PATH="$PWD/target/tools/bin:$PATH"

readonly NATIVE=x86_64-unknown-linux-musl CROSS=aarch64-unknown-linux-musl
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
profile=${PROFILE:-release}
out=$PWD/target/dist
work=$PWD/target/dist-work

main() {
  need cargo-auditable cargo-cyclonedx dpkg-deb rpmbuild buildah musl-gcc
  local targets=("$@")
  if [ ${#targets[@]} -eq 0 ]; then
    targets=("$NATIVE")
    if can_cross; then targets+=("$CROSS"); else echo "skipped: $CROSS, which takes cargo-zigbuild and zig" >&2; fi
  fi
  rm -rf "$out" "$work"
  mkdir -p "$out" "$work"
  build "$NATIVE" # also when only the other is wanted: this one runs here, and prints manual and completions
  local program
  program=$(program_of "$NATIVE")
  mkdir "$work/shared"
  shared_files "$program" "$work/shared"
  for target in "${targets[@]}"; do
    if [ "$target" != "$NATIVE" ]; then build "$target"; fi
    tarball "$target"
    package_root "$target"
    deb "$target"
    rpm_package "$target"
    image "$target"
  done
  bill_of_materials
  (cd "$out" && sha256sum -- * > "$work/SHA256SUMS" && mv "$work/SHA256SUMS" .)
  cat "$out/SHA256SUMS"
}

# Names every tool that is missing, not the first alone.
need() {
  local missing=()
  for tool in "$@"; do command -v "$tool" > /dev/null || missing+=("$tool"); done
  if [ ${#missing[@]} -gt 0 ]; then
    echo "missing: ${missing[*]} (\`deploy/tools.sh dist\` installs them on Debian)" >&2
    exit 1
  fi
}

can_cross() {
  command -v cargo-zigbuild > /dev/null && rustup target list --installed | grep -qx "$CROSS"
}

# A static program. No path of this machine gets in, and the crates are listed inside, for scanners.
build() {
  local target=$1 how=build home=${CARGO_HOME:-$HOME/.cargo}
  if [ "$target" != "$NATIVE" ]; then how=zigbuild; fi
  RUSTFLAGS="--remap-path-prefix=$PWD=. --remap-path-prefix=$home=cargo" \
    CFLAGS="-ffile-prefix-map=$home=cargo" \
    cargo auditable "$how" --quiet --locked --profile "$profile" --bin harness-access \
    --target "$target" --target-dir target/dist-build
}

program_of() {
  local folder=$profile
  if [ "$profile" = dev ]; then folder=debug; fi
  echo "$PWD/target/dist-build/$1/$folder/harness-access"
}

# What is the same for every target.
shared_files() {
  local program=$1 to=$2
  "$program" man > "$to/harness-access.1"
  "$program" completions bash > "$to/harness-access.bash"
  "$program" completions zsh > "$to/_harness-access"
  "$program" completions fish > "$to/harness-access.fish"
  "$program" completions nushell > "$to/harness-access.nu"
}

tarball() {
  local target=$1 name=harness-access-$version-$1
  local root=$work/tar/$name shared=$work/shared
  mkdir -p "$root/completions"
  install -m 755 "$(program_of "$target")" "$root/harness-access"
  install -m 644 LICENSE README.md CHANGELOG.md "$shared/harness-access.1" "$root"
  install -m 644 "$shared"/harness-access.{bash,fish,nu} "$shared/_harness-access" "$root/completions"
  cp -r deploy/systemd deploy/kubernetes "$root"
  chmod -R u=rwX,go=rX "$root"
  tar --create --directory "$work/tar" --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner \
    "$name" | gzip -n9 > "$out/$name.tar.gz"
}

# The files of deb and rpm, where the file system hierarchy wants them.
package_root() {
  local root=$work/root/$1 shared=$work/shared
  local lib=$root/usr/lib share=$root/usr/share
  install -D -m 755 "$(program_of "$1")" "$root/usr/bin/harness-access"
  install -D -m 644 -t "$lib/systemd/system" deploy/systemd/*.service deploy/systemd/*.timer
  install -D -m 644 deploy/systemd/sysusers.conf "$lib/sysusers.d/harness-access.conf"
  install -D -m 644 deploy/systemd/tmpfiles.conf "$lib/tmpfiles.d/harness-access.conf"
  install -D -m 644 "$shared/harness-access.1" "$share/man/man1/harness-access.1"
  gzip -n9 "$share/man/man1/harness-access.1"
  install -D -m 644 "$shared/harness-access.bash" "$share/bash-completion/completions/harness-access"
  install -D -m 644 "$shared/harness-access.fish" "$share/fish/vendor_completions.d/harness-access.fish"
  install -D -m 644 -t "$share/doc/harness-access" README.md
}

deb() {
  local target=$1 architecture root=$work/deb/$1
  case $target in x86_64-*) architecture=amd64 ;; aarch64-*) architecture=arm64 ;; esac
  mkdir -p "$root/DEBIAN"
  cp -a "$work/root/$target/." "$root"
  local doc=$root/usr/share/doc/harness-access
  install -D -m 644 "$work/shared/_harness-access" "$root/usr/share/zsh/vendor-completions/_harness-access"
  install -D -m 644 deploy/packages/lintian-overrides "$root/usr/share/lintian/overrides/harness-access"
  install -m 644 deploy/packages/copyright "$doc/copyright"
  gzip -n9 < CHANGELOG.md > "$doc/changelog.gz"
  debian_changelog | gzip -n9 > "$doc/changelog.Debian.gz"
  { printf '#!/bin/sh\nset -e\n' && cat deploy/packages/after-install.sh; } > "$root/DEBIAN/postinst"
  { printf '#!/bin/sh\nset -e\n[ "$1" = remove ] || exit 0\n' && cat deploy/packages/before-remove.sh; } \
    > "$root/DEBIAN/prerm"
  chmod 755 "$root/DEBIAN/postinst" "$root/DEBIAN/prerm"
  sed -e "s/@VERSION@/$version/" -e "s/@ARCHITECTURE@/$architecture/" \
    -e "s/@SIZE@/$(du --apparent-size -sk "$root/usr" | cut -f 1)/" deploy/packages/control > "$root/DEBIAN/control"
  (cd "$root" && find usr -type f -print0 | sort -z | xargs -0 md5sum > DEBIAN/md5sums)
  dpkg-deb --root-owner-group -Zxz --build "$root" "$out/harness-access_$version-1_$architecture.deb" > /dev/null
}

debian_changelog() {
  sed -n 's/^Maintainer: //p' deploy/packages/control > "$work/maintainer"
  printf 'harness-access (%s-1) unstable; urgency=medium\n\n  * Release %s: see changelog.gz.\n\n -- %s  %s\n' \
    "$version" "$version" "$(cat "$work/maintainer")" "$(date -R -d "@$SOURCE_DATE_EPOCH")"
}

rpm_package() {
  local target=$1 root=$work/rpm/$1
  mkdir -p "$root"
  cp -a "$work/root/$target/." "$root"
  install -D -m 644 "$work/shared/_harness-access" "$root/usr/share/zsh/site-functions/_harness-access"
  install -m 644 LICENSE CHANGELOG.md "$root/usr/share/doc/harness-access"
  rpmbuild --quiet -bb --target "${target%%-*}-linux" \
    --define "version $version" --define "root $root" --define "scripts $PWD/deploy/packages" \
    --define "_topdir $work/rpmbuild" --define "_rpmdir $out" --define "_build_name_fmt %%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm" \
    --define "_buildhost localhost" --define "use_source_date_epoch_as_buildtime 1" \
    --define "clamp_mtime_to_source_date_epoch 1" --define "_binary_payload w6.xzdio" \
    deploy/packages/harness-access.spec
}

image() {
  local target=$1 architecture
  case $target in x86_64-*) architecture=amd64 ;; aarch64-*) architecture=arm64 ;; esac
  deploy/image/build.sh "$(program_of "$target")" "$architecture" "$out/harness-access-$version-$architecture.oci.tar"
}

bill_of_materials() {
  cargo cyclonedx --quiet --format json --spec-version 1.5 --target all --no-build-deps \
    --override-filename "harness-access-$version.cdx"
  mv "harness-access-$version.cdx.json" "$out"
}

main "$@"
