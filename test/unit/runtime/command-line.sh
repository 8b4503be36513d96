#!/bin/sh
# Drives the program on models written by hand: command-line.sh MLC LINKED-PROGRAM FAKE-COMPILER FOLDER-OF-ARTEFACTS
set -u
mlc=$1
program=$2
compiler=$3
models=$4
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failures=0

[ -x "$mlc" ] || { echo "no program $mlc"; exit 1; }

fail() {
  echo "FAILED: $*"
  sed 's/^/  | /' "$work/out" "$work/err"
  failures=$((failures + 1))
}

# expect STATUS COMMAND...: runs it; its output is in $work/out and $work/err.
expect() {
  wanted=$1
  shift
  "$@" >"$work/out" 2>"$work/err" </dev/null
  got=$?
  [ "$got" = "$wanted" ] || fail "status $got, $wanted expected: $*"
}
says() { grep -qF -- "$2" "$work/$1" || fail "std$1 does not say: $2"; }
silent() { [ ! -s "$work/$1" ] || fail "std$1 is not silent"; }

expect 0 "$mlc" --version
says out "mlc 0."
expect 0 "$mlc" --help
for command in compile run bench check inspect serve-loop completion; do
  says out "$command"
done
for command in compile run bench check inspect serve-loop; do
  expect 0 "$mlc" $command --help
  says out "xample"
done

# Wrong use.
expect 2 "$mlc"
expect 2 "$mlc" fly
expect 2 "$mlc" run
expect 2 "$mlc" run "$models/types.so" --threads 0
expect 2 "$mlc" run "$models/types.so" --threads x
expect 2 "$mlc" run "$models/types.so" --output-format png
expect 2 "$mlc" run "$models/types.so" --shape x=1xx
expect 2 "$mlc" run "$models/types.so" --nothing
says err "mlc: error: command line:"
expect 2 "$mlc" compile model.onnx
expect 2 "$mlc" compile model.onnx -o x --emit=cake

# Runs, filled and fed.
expect 0 "$mlc" run "$models/types.so"
says err "input x (float32 2x3): not given, filled from seed 0"
says out "double: float32 2x3:"
says out "next: int64 scalar:"
expect 0 "$mlc" run "$models/types.so" --seed 3 --output-dir "$work/a" --threads 1
silent out
[ "$(ls "$work/a" | tr '\n' ' ')" = "output_0.npy output_1.pb output_2.pb output_3.npy output_4.npy outputs.json " ] || fail "files of --output-dir"
expect 0 "$mlc" run "$models/types.so" --seed 3 --output-dir "$work/b" --threads 2
cmp -s "$work/a/output_0.npy" "$work/b/output_0.npy" || fail "another number of threads, other bytes"
expect 0 "$mlc" run "$models/types.so" --input "@0=$work/a/output_0.npy" --input "k=1/é=$work/a/output_4.npy" --output-dir "$work/c"
silent err
expect 0 "$mlc" run "$models/types.so" --output-format pb --output-dir "$work/d" --fetch next --fetch double
[ "$(ls "$work/d" | tr '\n' ' ')" = "output_0.pb output_4.pb outputs.json " ] || fail "files of --fetch"
expect 0 "$mlc" run "$models/types.so" --input "x=$work/d/output_0.pb" --fetch double
expect 0 "$mlc" run "$models/rows.so" --threads 3
says out "positive: float32 4:"

# Refusals leave nothing.
refused() {
  expect 1 "$mlc" run "$@" --output-dir "$work/none"
  says err "mlc: error: "
  [ ! -e "$work/none" ] || fail "a refusal left files: $*"
}
refused "$models/types.so" --input "nobody=$work/a/output_0.npy"
says err "input 'nobody': the model has no input of this name; it has 'x', 'k=1/é'"
refused "$models/types.so" --input "@9=$work/a/output_0.npy"
refused "$models/types.so" --input "@-1=$work/a/output_0.npy"
refused "$models/types.so" --input "x=$work/a/output_4.npy"
says err "input 'x': element type int64 found, float32 expected"
refused "$models/types.so" --input "x=$work/missing.npy"
refused "$models/types.so" --input "x=$work/a"
refused "$models/types.so" --input "x=/dev/zero"
refused "$models/types.so" --input "x=$work/a/output_0.npy" --input "@0=$work/a/output_0.npy"
refused "$models/types.so" --feeds "$work/a/output_0.npy"
refused "$models/types.so" --fetch nobody
says err "output 'nobody': the model has no output of this name"
refused "$work/missing.so"
refused "$models/rows-trailer-2.so"
says err "version 2"
head -c 5000 "$models/rows.so" >"$work/cut.so"
refused "$work/cut.so"
says err "trailer"
cp "$work/cut.so" "$work/cut-artefact"
refused "$work/cut-artefact"

# Without the compiler beside it, a copy of the program says so.
mkdir -p "$work/alone/bin"
cp "$mlc" "$work/alone/bin/mlc"
echo model >"$work/model.onnx"
for command in "run" "check" "inspect" "bench" "compile -o $work/x.so"; do
  expect 70 "$work/alone/bin/mlc" $command "$work/model.onnx"
  says err "mlc: error: internal: the compiler cannot be loaded"
done
expect 1 "$work/alone/bin/mlc" run "$work/missing.onnx"
expect 0 "$work/alone/bin/mlc" run "$models/types.so"

# With a compiler beside it, which copies the model and tells what it was asked for.
mkdir "$work/alone/lib" "$work/temporary"
cp "$compiler" "$work/alone/lib/libmlc_compiler.so"
other="env TMPDIR=$work/temporary $work/alone/bin/mlc"
{ printf wrap && cat "$models/types.so" && echo; } >"$work/types.model"
expect 0 $other run "$work/types.model" --seed 3 --output-dir "$work/e" --input "@0=$work/a/output_0.npy" --shape y=2x?
says err "mlc: note: shared native @0=2,3, y=2,-1,"
says err "input k=1/é (int64 scalar): not given"
[ -z "$(ls "$work/temporary")" ] || fail "a temporary file is left"
expect 0 $other bench "$work/types.model" --cpu=x86-64-v3,x86-64-v4 --min-time 0.01 --json -
says err "shared x86-64-v3 x86-64-v4"
says out '"compile_s":0.5'
expect 0 $other compile "$work/types.model" --emit=mlir
says out "text of mlir"
expect 0 $other compile "$work/types.model" -o "$work/copy.so" --jobs 3
expect 0 "$mlc" run "$work/copy.so"
expect 1 $other compile "$work/model.onnx" -o "$work/refused.so"
says err "mlc: error: $work/model.onnx: header: unsupported: no model"
expect 1 $other run "$work/model.onnx"
[ -z "$(ls "$work/temporary")" ] || fail "a temporary file is left after a refusal"
expect 0 $other check "$work/types.model" --shape x=1
says out "checked"
expect 0 $other inspect "$work/types.model"
says out "inspected"
for fault in throw crash silent; do
  printf "$fault" >"$work/$fault.model"
  expect 70 $other run "$work/$fault.model"
  says err "mlc: error: internal: "
  [ -z "$(ls "$work/temporary")" ] || fail "a temporary file is left after a fault ($fault)"
done

# A program with its model linked in.
expect 0 "$program" --version
says out "types, compiled by mlc test"
expect 0 "$program" --help
expect 0 "$program" --seed 3 --output-dir "$work/f"
cmp -s "$work/f/output_0.npy" "$work/a/output_0.npy" || fail "the linked program differs from run"
expect 0 "$program" -i "@0=$work/a/output_0.npy" --fetch=next --threads 2
says out "next: int64 scalar"
expect 0 "$program" --bench --min-time 0.01
says out "median"
expect 1 "$program" --input "nobody=$work/a/output_0.npy"
expect 1 "$program" --feeds "$work/missing.npz"
for wrong in --nothing --threads=0 --threads --output-format=png --seed=x --min-time=-1; do
  expect 2 "$program" $wrong
done

# bench and inspect.
expect 0 "$mlc" bench "$models/rows.so" --min-time 0.02 --rounds 2 --profile --threads 1 --json "$work/bench.json"
says out "median"
says out "add_f32_rows  [layer1/add]"
for field in '"model":' '"threads":1' '"runs":' '"median_s":' '"p10_s":' '"p90_s":' '"min_s":' '"compile_s":null' '"load_s":' '"peak_rss_bytes":'; do
  grep -q "$field" "$work/bench.json" || fail "bench.json lacks $field"
done
expect 0 "$mlc" inspect "$models/rows.so" --json "$work/inspect.json"
says out "input  x: float32 nx4"
says out "compress_f32  [layer3/where;layer3/gather]"
grep -q '"shape":\["n",4\]' "$work/inspect.json" || fail "inspect.json"
expect 1 "$mlc" inspect "$work/cut.so"

# serve-loop.
printf 'run 3\nfly\nrun 0\nrun x\ndump %s\nrun 1\nquit\nrun 1\n' "$work/served" |
  "$mlc" serve-loop "$models/types.so" --threads 2 --seed 3 >"$work/out" 2>"$work/err" || fail "serve-loop ended with $?"
[ "$(cut -d' ' -f1 "$work/out" | tr '\n' ' ')" = "ready ok error error error ok ok " ] || fail "answers of serve-loop"
cmp -s "$work/served/output_0.npy" "$work/a/output_0.npy" || fail "dump of serve-loop differs from run"
printf 'dump %s\n' "$work/early" | "$mlc" serve-loop "$models/types.so" >"$work/out" 2>"$work/err" || fail "serve-loop at the end of input"
says out "error"
[ ! -e "$work/early" ] || fail "a dump before any run left files"
printf 'run 1\nrun 1\n' | "$mlc" serve-loop "$models/types.so" 2>/dev/null | head -1 >/dev/null || fail "a reader that goes away"
expect 1 "$mlc" serve-loop "$work/cut.so"
silent out

# Completions mention every subcommand.
for shell in bash zsh fish; do
  expect 0 "$mlc" completion $shell
  says out "serve-loop"
  says out "output-dir"
done
"$mlc" completion bash >"$work/completion.bash" && sh -n "$work/completion.bash" 2>/dev/null || bash -n "$work/completion.bash" || fail "bash cannot read its completion"
expect 2 "$mlc" completion csh

[ "$failures" = 0 ] && echo "all good"
exit "$failures"
