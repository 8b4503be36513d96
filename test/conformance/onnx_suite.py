#!/usr/bin/env python3
"""Runs the backend tests of the ONNX project through `mlc run` and holds the result against a list that may only grow.

Each case is a small model with inputs and expected outputs; the package `onnx` generates them. A case passes when all its
outputs have the expected type, shape and values (floats within the case's own tolerance, integers exactly). Exit status 1 where
a case of the list fails, or any run ends otherwise than in outputs or in one line that says why not.

    onnx_suite.py --mlc build/bin/mlc                      the cases of onnx-passing.txt
    onnx_suite.py --mlc build/bin/mlc --all --update       all cases; what newly passes gets onto the list
    onnx_suite.py --mlc build/bin/mlc --filter conv        some of them
"""
import argparse
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import venv
import warnings

ONNX_VERSION = "1.23.2"
HERE = pathlib.Path(__file__).resolve().parent
# A generator's values bind nobody.
RANDOM = re.compile(r"bernoulli|training_dropout|random")


def ensure_onnx(place):
    """Runs this script again in an environment that has the package, made once."""
    try:
        import onnx
        if onnx.__version__ == ONNX_VERSION:
            return
    except ImportError:
        pass
    python = pathlib.Path(place) / "bin" / "python3"
    marker = pathlib.Path(place) / f"onnx-{ONNX_VERSION}"
    if os.environ.get("MLC_SUITE_ENVIRONMENT"):
        sys.exit(f"onnx_suite.py: onnx {ONNX_VERSION} cannot be imported from {place}")
    if not marker.exists():
        venv.create(place, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "-q", "--disable-pip-version-check", f"onnx=={ONNX_VERSION}"], check=True)
        marker.touch()
    os.environ["MLC_SUITE_ENVIRONMENT"] = "1"
    os.execv(python, [str(python), *sys.argv])


def load(kind, case):
    """The model's bytes and its data sets of serialised tensors; None where something is no tensor."""
    import onnx
    from onnx import numpy_helper

    def serialise(value):
        if isinstance(value, onnx.TensorProto):
            return value
        if isinstance(value, (list, dict)) or value is None:
            return None
        return numpy_helper.from_array(value)

    if kind == "node":
        sets = [([serialise(v) for v in ins], [serialise(v) for v in outs]) for ins, outs in case.data_sets]
        return case.model, sets
    folder = pathlib.Path(case.model_dir)
    model = onnx.load(folder / "model.onnx")
    def tensors(files):
        return [onnx.TensorProto.FromString(f.read_bytes()) for f in sorted(files, key=lambda f: int(re.search(r"(\d+)\.pb", f.name)[1]))]
    sets = [(tensors(d.glob("input_*.pb")), tensors(d.glob("output_*.pb"))) for d in sorted(folder.glob("test_data_set_*"))]
    return model, sets


def is_tensor_model(model):
    values = [*model.graph.input, *model.graph.output]
    return all(v.type.HasField("tensor_type") for v in values)


def judge(got, want, case):
    """What is wrong with an output, or nothing."""
    import numpy as np
    from onnx import numpy_helper
    if got.data_type != want.data_type:
        return f"element type {got.data_type}, {want.data_type} is right"
    if list(got.dims) != list(want.dims):
        return f"shape {list(got.dims)}, {list(want.dims)} is right"
    g, w = numpy_helper.to_array(got), numpy_helper.to_array(want)
    if g.dtype.kind in "biu" or g.dtype.names is not None:
        return None if np.array_equal(g, w) else "values differ"
    rtol = max(case.rtol, 2e-2 if want.data_type == 16 else 0)
    with np.errstate(invalid="ignore"):
        close = np.isclose(g.astype(np.float64), w.astype(np.float64), rtol=rtol, atol=case.atol, equal_nan=True)
    return None if close.all() else f"{np.count_nonzero(~close)} of {close.size} values differ"


def run(mlc, kind, case):
    """"pass", "refused: …", "wrong: …" or "broken: …"."""
    import onnx
    model, sets = load(kind, case)
    if not is_tensor_model(model) or any(v is None for ins, outs in sets for v in ins + outs):
        return "refused: it has inputs or outputs that are no tensors"
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "model.onnx").write_bytes(model.SerializeToString())
        for number, (inputs, outputs) in enumerate(sets):
            out = folder / f"out{number}"
            command = [mlc, "run", folder / "model.onnx", "--output-dir", out, "--output-format", "pb"]
            for i, value in enumerate(inputs):
                (folder / f"in{i}.pb").write_bytes(value.SerializeToString())
                command += ["--input", f"@{i}={folder / f'in{i}.pb'}"]
            try:
                ended = subprocess.run(command, capture_output=True, text=True, timeout=120)
            except subprocess.TimeoutExpired:
                return "broken: no end after 120 s"
            if ended.returncode == 1 and ("error:" in ended.stderr or "unsupported:" in ended.stderr):
                return "refused: " + ended.stderr.strip().splitlines()[-1]
            if ended.returncode != 0:
                return f"broken: exit status {ended.returncode}: {ended.stderr.strip()[-200:]}"
            if RANDOM.search(case.name):
                continue
            for i, want in enumerate(outputs):
                file = out / f"output_{i}.pb"
                if not file.exists():
                    return f"broken: output {i} is missing"
                wrong = judge(onnx.TensorProto.FromString(file.read_bytes()), want, case)
                if wrong:
                    return f"wrong: output {i}: {wrong}"
    return "pass"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mlc", default="build/bin/mlc")
    parser.add_argument("--list", type=pathlib.Path, default=HERE / "onnx-passing.txt")
    parser.add_argument("--all", action="store_true", help="all cases, not only those of the list")
    parser.add_argument("--update", action="store_true", help="add what newly passes to the list")
    parser.add_argument("--filter", default="", help="only names that hold this regular expression")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--environment", default=str(pathlib.Path.home() / ".cache/mlc/onnx-suite"), help="where the package onnx is installed")
    arguments = parser.parse_args()
    ensure_onnx(arguments.environment)
    from onnx.backend.test.loader import load_model_tests
    warnings.filterwarnings("ignore", module="onnx")  # its cases overflow and divide by zero on purpose
    listed = set(arguments.list.read_text().split()) if arguments.list.exists() else set()
    cases = {}
    for kind in ("node", "simple", "pytorch-converted", "pytorch-operator", "light"):
        for case in load_model_tests(kind=kind):
            name = f"{kind}/{case.name}"
            if re.search(arguments.filter, name) and (arguments.all or name in listed):
                cases[name] = (kind, case)
    missing = {name for name in listed if re.search(arguments.filter, name)} - set(cases)
    mlc = os.path.abspath(arguments.mlc)
    counts, failed, passing = {}, [f"{name}: there is no such case" for name in sorted(missing)], set()
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        results = zip(cases, pool.map(lambda c: run(mlc, *c), cases.values()))
        for name, result in results:
            verdict = result.split(":")[0]
            counts[verdict] = counts.get(verdict, 0) + 1
            if verdict == "pass":
                passing.add(name)
            elif name in listed or verdict == "broken":
                failed.append(f"{name}: {result}")
            if arguments.all and verdict != "pass":
                print(f"{name}: {result}")
    if arguments.update:
        arguments.list.write_text("".join(name + "\n" for name in sorted(listed | passing)))
    for line in failed:
        print("FAILED " + line)
    print(", ".join(f"{n} {verdict}" for verdict, n in sorted(counts.items())) + f" of {len(cases)} cases")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
