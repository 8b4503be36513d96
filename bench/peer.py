"""One engine in a process of its own, driven as `mlc serve-loop` is.

    peer.py ENGINE MODEL INPUTS.npz THREADS

Loads the model, prints `ready`, and answers each line of standard input with one line: `run N` (N runs back to back) with
`ok SECONDS`, `dump DIR` (the outputs of the last run as output_I.npy) with `ok`, `quit` by ending. f32 stays f32: whatever an
engine would do with fewer bits is turned off.
"""
import os
import sys
import time

import numpy as np


def ort(model, inputs, threads):
    import onnxruntime as rt

    options = rt.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.graph_optimization_level = rt.GraphOptimizationLevel.ORT_ENABLE_ALL
    session = rt.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    names = {i.name for i in session.get_inputs()}
    feeds = {name: value for name, value in inputs.items() if name in names}
    return lambda: session.run(None, feeds)


def openvino(model, inputs, threads):
    import openvino as ov

    core = ov.Core()
    loaded = core.read_model(model)
    loaded.reshape({name: list(value.shape) for name, value in inputs.items() if loaded.input(name).get_partial_shape().is_dynamic})
    settings = {"INFERENCE_PRECISION_HINT": "f32", "PERFORMANCE_HINT": "LATENCY", "NUM_STREAMS": "1", "INFERENCE_NUM_THREADS": str(threads)}
    request = core.compile_model(loaded, "CPU", settings).create_infer_request()
    for name, value in inputs.items():
        request.set_tensor(name, ov.Tensor(value, shared_memory=True))
    count = len(request.output_tensors)

    def run():
        request.infer()
        return [request.get_output_tensor(i).data for i in range(count)]

    return run


def litert(model, inputs, threads):
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(model_path=model, num_threads=threads)
    given = {i["name"]: i for i in interpreter.get_input_details()}
    for name, value in inputs.items():
        interpreter.resize_tensor_input(given[name]["index"], value.shape)
    interpreter.allocate_tensors()
    for name, value in inputs.items():
        interpreter.set_tensor(given[name]["index"], value)
    outputs = [o["index"] for o in interpreter.get_output_details()]

    def run():
        interpreter.invoke()
        return [interpreter.get_tensor(i) for i in outputs]

    return run


def iree(model, inputs, threads):
    import subprocess
    import tempfile

    import iree.compiler.tools as compiler
    import iree.runtime as runtime

    with tempfile.TemporaryDirectory() as folder:
        mlir = os.path.join(folder, "model.mlir")
        subprocess.run([sys.executable, "-m", "iree.compiler.tools.import_onnx", model, "-o", mlir], check=True, capture_output=True)
        code = compiler.compile_file(mlir, input_type="onnx", target_backends=["llvm-cpu"], extra_args=["--iree-llvmcpu-target-cpu=host", "-O3"])
    flags = ["--task_topology_group_count=%d" % threads] if threads > 1 else []
    runtime.flags.parse_flags(*flags)
    config = runtime.Config("local-task" if threads > 1 else "local-sync")
    context = runtime.SystemContext(config=config)
    context.add_vm_module(runtime.VmModule.copy_buffer(context.instance, code))
    module = context.modules.module
    function = next(module[name] for name in module.vm_module.function_names if not name.startswith("__") and not name.endswith("$async"))
    values = [runtime.asdevicearray(config.device, v) for v in inputs.values()]

    def run():
        result = function(*values)
        result = result if isinstance(result, (tuple, list)) else [result]
        return [r.to_host() for r in result]

    return run


ENGINES = {"ort": ort, "openvino": openvino, "litert": litert, "iree": iree}


def main():
    engine, model, feeds, threads = sys.argv[1:5]
    with np.load(feeds) as archive:
        inputs = {name: np.array(archive[name], order="C") for name in archive.files}
    run = ENGINES[engine](model, inputs, int(threads))
    print("ready", flush=True)
    outputs = []
    for line in sys.stdin:
        words = line.split(maxsplit=1)
        if not words or words[0] == "quit":
            break
        if words[0] == "run":
            start = time.perf_counter()
            for _ in range(int(words[1])):
                outputs = run()
            print("ok", time.perf_counter() - start, flush=True)
        elif words[0] == "dump":
            for i, value in enumerate(outputs):
                np.save(os.path.join(words[1].strip(), "output_%d.npy" % i), np.asarray(value))
            print("ok", flush=True)
        else:
            print("error", "no such command:", line.strip(), flush=True)


if __name__ == "__main__":
    main()
