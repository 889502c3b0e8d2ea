#!/usr/bin/env bash
# Installs, on Debian as root, the programs that optional parts of the project take, below target/tools where they are not
# Debian's: deploy/tools.sh [test] [browser] [dist]
#
#   test     shells, mandoc, systemd and the like, which tests ask for help (they are skipped where these are missing)
#   browser  a browser, node and java, for `make test-browser`
#   dist     what `make dist` builds packages with
set -euo pipefail
cd "$(dirname "$0")/.."
tools=$PWD/target/tools

apt() {
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" > /dev/null
}

python() {
  [ -x "$tools/bin/pip" ] || python3 -m venv "$tools"
  "$tools/bin/pip" install --quiet "$@"
}

for part in "$@"; do
  case $part in
    test)
      apt ca-certificates fish mandoc postgresql python3-venv sqlite3 strace systemd util-linux zsh
      python duckdb kubernetes-validate
      ;;
    browser)
      missing=()
      command -v chromium > /dev/null || missing+=(chromium)
      command -v java > /dev/null || missing+=(default-jre-headless)
      command -v npm > /dev/null || missing+=(nodejs npm)
      [ "${#missing[@]}" = 0 ] || apt "${missing[@]}"
      ;;
    dist)
      apt buildah ca-certificates diffoscope-minimal dpkg-dev lintian mmdebstrap musl-tools python3-venv \
        qemu-user-static rpm skopeo umoci
      python cargo-zigbuild ziglang
      rustup --quiet target add x86_64-unknown-linux-musl aarch64-unknown-linux-musl
      # Only what it makes counts, not how fast.
      CARGO_TARGET_DIR=$tools/build cargo install --quiet --locked --debug --root "$tools" \
        cargo-auditable@0.7.7 cargo-cyclonedx@0.5.9
      rm -rf "$tools/build"
      ;;
    *)
      echo "unknown part: $part (test, browser, dist)" >&2
      exit 3
      ;;
  esac
done
