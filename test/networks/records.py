#!/usr/bin/env python3
"""What a compiled network is made of, without a clock: it may only improve.

    records.py --mlc build/bin/mlc [--update]

Each network of this folder is compiled for each level, and compared with what records.json says of it: the number of kernels,
the bytes of the arena, the bytes that kernels move at least, and of the loops that multiply and add, their multiply-adds a load
(of the worst loop) and what they spill (accesses of fixed places of the stack; blocks of scratch memory are indexed).
--update writes what is better than recorded, and what is new.
"""
import argparse
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
LEVELS = ["x86-64-v3", "x86-64-v4"]
# Figures of which less is better; of the others more is.
LESS = {"kernels", "arena_bytes", "traffic_bytes", "stack_accesses"}
# Loops with fewer multiply-adds are no register tiles.
TILE = 8


def loops(assembly):
    """The innermost loops: from a label to a jump back to it, with no other such pair inside. Frame pointers are named as such."""
    assembly = re.sub(r"(?s)movq\s+%rsp, %rbp.*?\n\.Lfunc_end", lambda f: f.group(0).replace("(%rbp", "(%frame"), assembly)
    lines = [line.strip() for line in assembly.splitlines()]
    labels = {}
    found = []
    for at, line in enumerate(lines):
        if match := re.match(r"(\.L\w+):", line):
            labels[match.group(1)] = at
        elif (match := re.match(r"j\w+\s+(\.L\w+)", line)) and match.group(1) in labels:
            found.append((labels[match.group(1)], at))
    return [lines[a:b] for a, b in found if not any(a <= c and d <= b and (a, b) != (c, d) for c, d in found)]


def figures_of_tiles(assembly):
    worst, stack = None, 0
    for loop in loops(assembly):
        multiply_adds = sum(line.startswith("vfmadd") for line in loop)
        if multiply_adds < TILE:
            continue
        reads = [line for line in loop if "(" in line and not line.startswith(("lea", "prefetch", "."))]
        stack += sum("(%rsp)" in line or "(%frame)" in line for line in loop)
        ratio = multiply_adds / max(1, len(reads))
        worst = ratio if worst is None else min(worst, ratio)
    return {"multiply_adds_per_load": round(worst or 0, 3), "stack_accesses": stack}


def measure(mlc, network, level, folder):
    description, assembly = folder / "model.json", folder / "model.s"
    subprocess.run([mlc, "inspect", network, "--cpu=" + level, "--json", description], check=True, capture_output=True)
    subprocess.run([mlc, "compile", network, "--emit=asm", "--target=x86_64-linux", "--cpu=" + level, "-o", assembly], check=True, capture_output=True)
    model = json.loads(description.read_text())
    return {"kernels": len(model["steps"]), "arena_bytes": model["arena_bytes"], "traffic_bytes": sum(s["bytes"] for s in model["steps"]),
            **figures_of_tiles(assembly.read_text())}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mlc", default=str(HERE.parents[1] / "build" / "bin" / "mlc"))
    parser.add_argument("--update", action="store_true")
    options = parser.parse_args()
    path = HERE / "records.json"
    records = json.loads(path.read_text()) if path.exists() else {}
    worse = 0
    with tempfile.TemporaryDirectory() as folder:
        for network in sorted(HERE.glob("*.mlir")):
            for level in LEVELS:
                figures = measure(options.mlc, network, level, Path(folder))
                record = records.setdefault(network.stem, {}).setdefault(level, {})
                for name, value in figures.items():
                    known = record.get(name)
                    if known is None and not options.update:
                        print("%s, %s: %s is %s, and nothing is recorded" % (network.name, level, name, value))
                        worse += 1
                    elif known is not None and (value > known if name in LESS else value < known):
                        print("%s, %s: %s was %s, is %s" % (network.name, level, name, known, value))
                        worse += 1
                    elif known != value:
                        print("%s, %s: %s was %s, is %s: better%s" % (network.name, level, name, known, value, "" if options.update else "; --update records it"))
                        record[name] = value
    if options.update:
        path.write_text(json.dumps(records, indent=1, sort_keys=True) + "\n")
    return 1 if worse else 0


if __name__ == "__main__":
    sys.exit(main())
