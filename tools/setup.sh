#!/usr/bin/env bash
# Installs what building and testing needs on Debian 12: packages only, nothing else is changed. Does nothing where all is
# there. Called by the other scripts; may be called by hand.
set -euo pipefail

packages=(
  ca-certificates ccache clang-22 cmake flatbuffers-compiler g++ libabsl-dev libclang-rt-22-dev libcli11-dev
  libflatbuffers-dev libgmock-dev libgtest-dev liblld-22-dev libmlir-22-dev libprotobuf-dev libxml2-dev libxxhash-dev
  libc6-dev binutils libzstd-dev lld-22 llvm-22-dev llvm-22-tools mlir-22-tools ninja-build pkg-config protobuf-compiler python3
  python3-pip python3-venv qemu-user-static zlib1g-dev
)

missing=()
for p in "${packages[@]}"; do
  [ "$(dpkg-query -W -f='${Status}' "$p" 2>/dev/null)" = "install ok installed" ] || missing+=("$p")
done
[ ${#missing[@]} -eq 0 ] && exit 0

echo "installing ${#missing[@]} packages: ${missing[*]}"
root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || { echo "setup.sh: needs root or sudo to install: ${missing[*]}" >&2; exit 1; }
  root=(sudo)
fi
"${root[@]}" apt-get update -q
"${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"
