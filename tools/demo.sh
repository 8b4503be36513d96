#!/usr/bin/env bash
# Installs what is missing, builds mlc, fetches a small pre-trained model, compiles it to a shared library and to an object,
# links the object into a C program, and runs both on two pictures.
set -euo pipefail
cd "$(dirname "$0")/.."
tools/build.sh bin/mlc lib/libmlc_compiler.so lib/mlc_main.o

# A text direction classifier (PP-OCR, Apache License 2.0) out of a pinned package.
package=rapidocr-onnxruntime==1.4.4
member=rapidocr_onnxruntime/models/ch_ppocr_mobile_v2.0_cls_infer.onnx
hash=e47acedf663230f8863ff1ab0e64dd2d82b838fceb5957146dab185a89d6215c
demo=build/demo
mkdir -p "$demo"
if [ ! -e "$demo/model.onnx" ]; then
  echo "fetching $package"
  python3 -m pip download -q --no-deps --disable-pip-version-check --python-version 3.11 --only-binary :all: -d "$demo" "$package"
  python3 - "$demo" "$member" <<'PYTHON'
import glob, sys, zipfile
folder, member = sys.argv[1:]
with zipfile.ZipFile(glob.glob(folder + "/rapidocr*.whl")[0]) as wheel, open(folder + "/model.part", "wb") as out:
    out.write(wheel.read(member))
PYTHON
  echo "$hash  $demo/model.part" | sha256sum --check --quiet
  mv "$demo/model.part" "$demo/model.onnx"
  rm -f "$demo"/*.whl
fi

echo "compiling the model to a shared library and to an object"
build/bin/mlc compile "$demo/model.onnx" -o "$demo/direction.so" --shape x=1x3x48x192
build/bin/mlc compile "$demo/model.onnx" -o "$demo/direction.o" --shape x=1x3x48x192
clang-22 -std=gnu11 -O2 -I "$demo" -I runtime/include examples/text-direction/main.c "$demo/direction.o" -o "$demo/direction"

for picture in upright upside-down; do
  "$demo/direction" "examples/text-direction/$picture.pgm"
done

echo "the shared library on the same picture, through mlc run:"
python3 - "$demo" <<'PYTHON'
import struct, sys
raw = open("examples/text-direction/upright.pgm", "rb").read()[-192 * 48:]
values = [(v - 127.5) / 127.5 for v in raw] * 3
header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 3, 48, 192), }"
header += " " * (63 - (len(header) + 10) % 64) + "\n"
with open(sys.argv[1] + "/upright.npy", "wb") as out:
    out.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + struct.pack(f"<{len(values)}f", *values))
PYTHON
build/bin/mlc run "$demo/direction.so" --input "x=$demo/upright.npy"
build/bin/mlc bench "$demo/direction.so" --input "x=$demo/upright.npy" --min-time 0.5
