#!/usr/bin/env python3
"""Times mlc beside the engines that one would use instead, so that nobody is flattered.

    bench/compare.py model.onnx … [--threads 1,2] [--shape NAME=1x3x224x224] [--peers ort,openvino]

Each engine loads the model in a process of its own, pinned to the same cores, with f32 forced. Then they take turns: in each
round every engine runs for a slice of time, in random order, while the others wait. A figure is the median over the rounds, a
ratio the median over the rounds of best peer / mlc. Outputs are compared with each other; an engine that disagrees with the
majority gets no figure. The peers are installed by pip into an environment under the cache folder on the first call.

A folder stands for the model file in it (model.onnx, model.tflite) and its inputs.npz. Inputs that are not given are filled
from a fixed seed.
"""
import argparse
import json
import os
import platform
import random
import statistics
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
PACKAGES = {"ort": ["onnxruntime"], "openvino": ["openvino"], "litert": ["ai-edge-litert"], "iree": ["iree-base-compiler[onnx]", "iree-base-runtime"]}
# Outputs may differ by this share of their range: engines sum in different orders.
TOLERANCE = 2e-3


def environment(peers):
    """The Python of an environment that has the peers; made on the first call."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "mlc" / "bench-peers"
    python = folder / "bin" / "python3"
    if not python.exists():
        print("installing into %s" % folder, file=sys.stderr)
        venv.create(folder, with_pip=True)
    wanted = ["numpy", "onnx"] + [p for peer in peers for p in PACKAGES[peer]]
    stamp = folder / "installed.json"
    have = json.loads(stamp.read_text()) if stamp.exists() else []
    missing = [p for p in wanted if p not in have]
    if missing:
        subprocess.run([python, "-m", "pip", "install", "-q", *missing], check=True)
        stamp.write_text(json.dumps(sorted({*have, *missing})))
    return python


def shapes_of(options):
    return {name: [int(d) for d in dims.split("x") if d] for name, dims in (s.rsplit("=", 1) for s in options.shape)}


def make_inputs(model, shapes):
    """What the model's inputs take, from a fixed seed: floats around 0, small indices, free dimensions 1 unless given."""
    import numpy as np
    import onnx

    graph = onnx.load(model, load_external_data=False).graph
    weights = {w.name for w in graph.initializer}
    generator = np.random.default_rng(0)
    inputs = {}
    for value in graph.input:
        if value.name in weights:
            continue
        tensor = value.type.tensor_type
        shape = shapes.get(value.name, [d.dim_value or 1 for d in tensor.shape.dim])
        dtype = onnx.helper.tensor_dtype_to_np_dtype(tensor.elem_type)
        if np.issubdtype(dtype, np.floating):
            inputs[value.name] = generator.standard_normal(shape).astype(dtype)
        else:
            inputs[value.name] = generator.integers(0, 2, shape).astype(dtype)
    return inputs


class Engine:
    """A process that loads a model and runs it when told to."""

    def __init__(self, name, command, cores):
        self.name = name
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                        preexec_fn=lambda: os.sched_setaffinity(0, cores))
        if self.process.stdout.readline().strip() != "ready":
            self.process.kill()
            raise RuntimeError((self.process.stderr.read().strip().splitlines() or ["does not load"])[-1][:300])

    def ask(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().split(maxsplit=1)
        if not answer or answer[0] != "ok":
            raise RuntimeError(answer[1].strip() if len(answer) > 1 else "died")
        return answer[1] if len(answer) > 1 else ""

    def run(self, count):
        return float(self.ask("run %d" % count)) / count

    def outputs(self):
        import numpy as np

        with tempfile.TemporaryDirectory() as folder:
            self.ask("dump " + folder)
            return [np.load(os.path.join(folder, name)) for name in sorted((n for n in os.listdir(folder) if n.endswith(".npy")), key=lambda n: int(n[7:-4]))]

    def close(self):
        self.process.kill()
        self.process.wait()


def agree(a, b):
    import numpy as np

    if len(a) != len(b):
        return False
    for x, y in zip(a, b):
        if x.size != y.size:
            return False
        x, y = (np.asarray(v, dtype=np.float64).reshape(-1) for v in (x, y))
        if not np.array_equal(np.isnan(x), np.isnan(y)):
            return False
        span = np.nanmax(np.abs(y), initial=0)
        if np.nanmax(np.abs(x - y), initial=0) > TOLERANCE * span + 1e-6:
            return False
    return True


def start(name, model, feeds, threads, options, folder, cores, python):
    if name != "mlc":
        return Engine(name, [python, HERE / "peer.py", name, model, feeds, str(threads)], cores)
    import numpy as np

    artefact = folder / "model.so"
    if not artefact.exists():
        with np.load(feeds) as archive:
            shapes = [x for n in archive.files if archive[n].ndim for x in ("--shape", "%s=%s" % (n, "x".join(map(str, archive[n].shape))))]
        made = subprocess.run([options.mlc, "compile", model, "-o", artefact, *shapes], capture_output=True, text=True)
        if made.returncode:
            raise RuntimeError((made.stderr.strip().splitlines() or ["does not compile"])[-1][:300])
    return Engine(name, [options.mlc, "serve-loop", artefact, "--threads", str(threads), "--feeds", feeds], cores)


def measure(model, feeds, threads, options, folder, python):
    names = ["mlc"] + [p for p in options.peers if (model.suffix == ".tflite") == (p == "litert")]
    cores = set(sorted(os.sched_getaffinity(0))[-threads:])
    result = {"model": model.parent.name if model.stem == "model" else model.stem, "threads": threads, "seconds": {}, "best": None, "ratio": None,
              "spread": None, "problems": {}}
    engines, outputs = {}, {}
    try:
        for name in names:
            try:
                engines[name] = start(name, model, feeds, threads, options, folder, cores, python)
                engines[name].run(1)
                outputs[name] = engines[name].outputs()
            except RuntimeError as error:
                result["problems"][name] = str(error)
                if name in engines:
                    engines.pop(name).close()
        for name in list(engines):
            others = [n for n in engines if n != name]
            if others and 2 * sum(agree(outputs[name], outputs[n]) for n in others) < len(others):
                result["problems"][name] = "its outputs differ from those of the others"
        counts = {}
        for name, engine in engines.items():
            engine.run(1)
            counts[name] = max(1, int(options.slice / max(engine.run(2), 1e-7)))
            engine.run(counts[name])
        rounds = []
        for _ in range(options.rounds):
            order = list(engines)
            random.shuffle(order)
            rounds.append({name: engines[name].run(counts[name]) for name in order})
    finally:
        for engine in engines.values():
            engine.close()
    right = [n for n in engines if n not in result["problems"]]
    result["seconds"] = {n: statistics.median(r[n] for r in rounds) for n in right}
    peers = [n for n in right if n != "mlc"]
    if "mlc" in right and peers:
        result["best"] = min(peers, key=lambda n: result["seconds"][n])
        ratios = sorted(r[result["best"]] / r["mlc"] for r in rounds)
        result["ratio"] = statistics.median(ratios)
        result["spread"] = [ratios[len(ratios) // 10], ratios[(len(ratios) * 9) // 10 if len(ratios) > 1 else 0]]
    return result


def processor():
    with open("/proc/cpuinfo") as file:
        for line in file:
            if line.startswith(("model name", "Processor")):
                return line.split(":", 1)[1].strip()
    return platform.machine()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="+", type=Path, metavar="MODEL")
    parser.add_argument("--threads", default="1", help="numbers of threads, as 1,2")
    parser.add_argument("--peers", default="ort,openvino,litert", help="of " + ", ".join(PACKAGES))
    parser.add_argument("--shape", action="append", default=[], metavar="NAME=DIMS", help="shape of an input, as x=1x3x224x224; repeatable")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--slice", type=float, default=0.25, help="seconds of one engine's turn")
    parser.add_argument("--mlc", default=str(HERE.parent / "build" / "bin" / "mlc"))
    parser.add_argument("--json", type=Path, help="write all results to this file")
    parser.add_argument("--html", type=Path, help="write a page with charts to this file")
    options = parser.parse_args()
    options.peers = [p for p in options.peers.split(",") if p]
    if unknown := [p for p in options.peers if p not in PACKAGES]:
        parser.error("no such peer: " + ", ".join(unknown))
    python = environment(options.peers)
    if Path(sys.prefix).resolve() != python.parent.parent.resolve():
        os.execv(python, [python, __file__, *sys.argv[1:]])

    import numpy as np
    import report

    results = []
    for given in options.models:
        model = next((given / n for n in ("model.onnx", "model.tflite") if (given / n).exists()), given) if given.is_dir() else given
        if not model.is_file():
            parser.error("%s: no model there" % given)
        with tempfile.TemporaryDirectory() as folder:
            feeds = model.parent / "inputs.npz"
            if not given.is_dir() or not feeds.exists():
                feeds = Path(folder) / "inputs.npz"
                np.savez(feeds, **make_inputs(model, shapes_of(options)))
            for threads in map(int, options.threads.split(",")):
                results.append(measure(model, feeds, threads, options, Path(folder), python))
                print(report.table(results[-1:], ["mlc", *options.peers]).rsplit("\n", 1)[0], flush=True)
    engines = ["mlc", *options.peers]
    machine = "%s, %d cores" % (processor(), os.cpu_count())
    print("\n%s\n%s" % (machine, report.table(results, engines)))
    if options.json:
        options.json.write_text(json.dumps({"machine": machine, "results": results}, indent=1) + "\n")
    if options.html:
        options.html.write_text(report.page(results, engines, machine))


if __name__ == "__main__":
    main()
