#!/usr/bin/env bash
# Tests the report in a real browser: builds the program, observes three fake accounts, and runs report.test.js.
# Takes Debian's chromium (or BROWSER=/path), node 20 or later, npm and java. What is missing is said; with --required
# that is a failure.
set -euo pipefail
cd "$(dirname "$0")/../.."

missing=()
for program in node npm java; do
  command -v "$program" > /dev/null || missing+=("$program")
done
: "${BROWSER:=$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)}"
[ -n "$BROWSER" ] || missing+=("chromium")
if [ "${#missing[@]}" -gt 0 ]; then
  echo "left out: the tests of the report in a browser; missing: ${missing[*]}"
  [ "${1:-}" != --required ]
  exit
fi

cargo build --quiet --release --locked --bin harness-access
cargo build --quiet --locked --example browser_accounts
(cd tests/browser && npm ci --silent)
DATABASES=$(mktemp -d)
trap 'rm -rf "$DATABASES"' EXIT
export BROWSER DATABASES PROGRAM="$PWD/target/release/harness-access"
target/debug/examples/browser_accounts "$PROGRAM" "$DATABASES"
node --test --test-reporter=spec tests/browser/report.test.js
