# Compiles mixed and calls for some processor levels and runs them: level.sh MLC INPUTS LEVELS
set -e
for model in mixed calls; do "$1" compile "$2/$model.mlir" -o $model.o --cpu="$3"; done
clang -O1 -ffreestanding -fno-builtin -nostdlib -static -fuse-ld=lld -I. "$2/freestanding.c" mixed.o calls.o -o program
./program || true
