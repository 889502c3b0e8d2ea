#!/usr/bin/env bash
# Builds a release twice from nothing and compares the bytes. The first of the two stays in target/dist-first.
set -euo pipefail
cd "$(dirname "$0")/.."
for run in first second; do
  rm -rf target/dist-build
  deploy/dist.sh "$@" > /dev/null
  if [ "$run" = first ]; then rm -rf target/dist-first && cp -r target/dist target/dist-first; fi
done
cat target/dist/SHA256SUMS
if cmp target/dist-first/SHA256SUMS target/dist/SHA256SUMS; then
  echo "built twice, the same bytes"
else
  echo "not the same: diffoscope target/dist-first target/dist says where" >&2
  exit 1
fi
