#!/bin/sh
# What `mlc compile` writes, as its users meet it: objects in a C program, two models in one program, archives, programs,
# libraries that are the same to the byte, and nothing left behind after a refusal.
#
#     artefacts.sh MLC CC WORKFOLDER
set -eu
mlc=$1 cc=$2 work=$3
include=$(cd "$(dirname "$0")/../../../runtime/include" && pwd)
rm -rf "$work" && mkdir -p "$work" && cd "$work"
export XDG_CACHE_HOME=$work/cache
fail() { echo "artefacts: $*" >&2; exit 1; }

cat > add.mlir <<'END'
func.func @main(%a: tensor<4x8xf32> {mlc.name = "a"}, %b: tensor<4x8xf32> {mlc.name = "b"}) -> (tensor<4x8xf32> {mlc.name = "y"}) {
  %w = mlc.constant dense<[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]> : tensor<8xf32> : tensor<8xf32>
  %s = mlc.add %a, %b : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %y = mlc.add %s, %w : tensor<4x8xf32>, tensor<8xf32> -> tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}
END
# Carried values that change places, a scan, an output twice.
cat > steps.mlir <<'END'
func.func @main(%x: tensor<2xf32> {mlc.name = "x"}, %n: tensor<i64> {mlc.name = "n"}) -> (tensor<2xf32> {mlc.name = "last"},
    tensor<6x2xf32> {mlc.name = "all"}, tensor<2xf32> {mlc.name = "again"}) {
  %one = mlc.constant dense<1.0> : tensor<2xf32> : tensor<2xf32>
  %0:3 = mlc.loop trips %n : tensor<i64> (%x, %one) : (tensor<2xf32>, tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>, tensor<6x2xf32>) {
  ^bb0(%i: tensor<i64>, %a: tensor<2xf32>, %b: tensor<2xf32>):
    %go = mlc.constant dense<true> : tensor<i1> : tensor<i1>
    %c = mlc.add %a, %b : tensor<2xf32>, tensor<2xf32> -> tensor<2xf32>
    mlc.yield %go, %b, %c, %a : tensor<i1>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>
  }
  return %0#0, %0#2, %0#0 : tensor<2xf32>, tensor<6x2xf32>, tensor<2xf32>
}
END
cat > main.c <<'END'
#include "add.h"
#include "steps.h"
#include <stdio.h>
#include <mlc/abi.h>
static _Alignas(ADD_ARENA_ALIGN) char arena[ADD_ARENA_BYTES + STEPS_ARENA_BYTES + 1];
int main(void) {
  float a[4][8] = {{0}}, b[4][8] = {{0}}, y[4][8], x[2] = {0, 10}, last[2], all[6][2], again[2];
  int64_t n = 6, five = 5;
  a[1][2] = 30, b[1][2] = 400;
  int e = add_run((const float (*)[8])a, (const float (*)[8])b, y, arena);
  printf("%d %g %g\n", e, y[1][2], y[3][7]);
  e = steps_run(x, &n, last, all, again, arena);
  printf("%d %g %g %g %g\n", e, last[0], last[1], all[5][0], again[1]);
  printf("%d", steps_run(x, &five, last, all, again, arena));
  printf(" %d", steps_run(x, &n, last, all, again, arena + 1));
  printf(" %d\n", steps_run(0, &n, last, all, again, arena));
  const void *inputs[] = {x, &n};
  float second[2] = {0, 0};
  void *outputs[] = {0, 0, second};
  struct mlc_call call = {sizeof call, 0, 0, inputs, 0, outputs, 0, arena, STEPS_ARENA_BYTES, 0};
  e = steps_run_call(&call);
  printf("%d %g\n", e, second[1]);
  call.size = 8;
  e = steps_run_call(&call);
  call.size = sizeof call, call.arena_bytes = 0;
  printf("%d %d %s\n", e, steps_run_call(&call), steps.name);
  return 0;
}
END
cat > expected <<'END'
0 433 8
0 8 58 5 58
7 2 3
0 58
6 2 steps
END

"$mlc" compile add.mlir -o add.o
"$mlc" compile steps.mlir -o steps.a
"$cc" -std=c11 -Wall -Werror -I"$include" main.c add.o steps.a -o program
./program > got
diff expected got || fail "a C program with two models got other results"

missing=$(nm -u add.o; nm -u steps.a)
echo "$missing" | grep -v -E 'memcpy|memset|memmove|\.o:|^$' && fail "objects need more than mem*"

if [ -e "$(dirname "$mlc")/../lib/mlc_main.o" ]; then # not of a build with sanitizers
  "$mlc" compile add.mlir -o add --emit=exe
  ./add > /dev/null 2>&1 || fail "the program does not run"
fi

"$mlc" compile add.mlir -o one.so --name=add --jobs 1 --cache none
"$mlc" compile add.mlir -o two.so --name=add --jobs 4
"$mlc" compile add.mlir -o three.so --name=add --jobs 4
cmp one.so two.so && cmp two.so three.so || fail "the same model gives other bytes"
# A damaged kernel in the cache counts as none.
for kernel in "$XDG_CACHE_HOME"/mlc/kernels/*.o; do printf 'x' >> "$kernel"; done
"$mlc" compile add.mlir -o four.so --name=add
cmp one.so four.so || fail "a damaged cache shows"

for target in aarch64-linux riscv64-linux; do
  "$mlc" compile steps.mlir -o cross.o --target=$target || fail "no object for $target"
done

before=$(ls -A | wc -l)
! "$mlc" compile missing.onnx -o refused.so 2> /dev/null || fail "a missing file is compiled"
! "$mlc" compile add.mlir -o refused.so --cpu=vax 2> /dev/null || fail "an unknown level is compiled"
! "$mlc" compile add.mlir -o no/folder/refused.so 2> /dev/null || fail "a missing folder is written to"
[ "$(ls -A | wc -l)" = "$before" ] || fail "a refusal leaves files behind"
ls -A | grep '^\.mlc' && fail "work folders are left behind"
exit 0
