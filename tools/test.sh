#!/usr/bin/env bash
# Installs what is missing, builds, and runs all tests. Ends with one line: N passed, N failed.
set -euo pipefail
cd "$(dirname "$0")/.."
tools/build.sh
log=build/test.log
status=0
ctest --test-dir build --output-on-failure -j "$(nproc)" 2>&1 | tee "$log" || status=$?
total=$(sed -n 's/.*tests failed out of \([0-9]*\)$/\1/p' "$log")
failed=$(sed -n 's/.*tests passed, \([0-9]*\) tests failed out of.*/\1/p' "$log")
[ -n "$total" ] || { echo "test.sh: no tests ran" >&2; exit 1; }
echo "$((total - failed)) passed, $failed failed"
exit "$status"
