#!/usr/bin/env bash
# Configures and builds into build/, with what setup.sh installs. Arguments go to ninja: targets, for example.
set -euo pipefail
cd "$(dirname "$0")/.."
tools/setup.sh
if [ ! -e build/build.ninja ]; then
  cmake -S . -B build -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_C_COMPILER=clang-22 -DCMAKE_CXX_COMPILER=clang++-22 >build.log 2>&1 ||
    { tail -n 20 build.log >&2; exit 1; }
  rm -f build.log
fi
ninja -C build "$@"
