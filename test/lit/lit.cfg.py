import os
import platform

import lit.formats

config.name = "mlc"
config.test_format = lit.formats.ShTest(True)
config.suffixes = [".mlir", ".textproto", ".test"]
config.excludes = ["Inputs"]
config.test_source_root = os.path.dirname(__file__)
source = os.path.dirname(os.path.dirname(config.test_source_root))

for tool in ("mlc-opt", "mlc-import", "mlc"):  # the longer names first: each is looked for in what the one before left
    config.substitutions.append(("%" + tool, os.path.join(config.mlc_bin, tool)))
# From the text form of an ONNX model to its file.
proto = os.path.join(source, "frontend", "onnx")
config.substitutions.append(("%onnx", f"protoc --proto_path={proto} --encode=mlc.onnx_format.ModelProto onnx.proto"))
config.substitutions.append(("%inputs", os.path.join(config.test_source_root, "Inputs")))
config.substitutions.append(("%include", os.path.join(source, "runtime", "include")))
config.environment["PATH"] = os.pathsep.join([config.llvm_bin, os.environ["PATH"]])
# Kernels of tests are no use to anyone else.
config.environment["XDG_CACHE_HOME"] = os.path.join(config.test_exec_root, "cache")

# Builds with sanitizers have no parts that programs are made of.
if os.path.exists(os.path.join(os.path.dirname(config.mlc_bin), "lib", "mlc_main.o")):
    config.available_features.add("programs")
# What this machine can run.
config.available_features.add(platform.machine())
levels = {
    "x86-64-v2": {"cx16", "lahf_lm", "popcnt", "ssse3", "sse4_1", "sse4_2"},
    "x86-64-v3": {"avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "movbe", "xsave"},
    "x86-64-v4": {"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"},
}
if platform.machine() == "x86_64":
    with open("/proc/cpuinfo") as cpus:
        flags = set(next(line for line in cpus if line.startswith("flags")).split(":")[1].split())
    for level, needed in levels.items():
        if not needed <= flags:
            break
        config.available_features.add(level)
