import os

import lit.formats

config.name = "mlc"
config.test_format = lit.formats.ShTest(True)
config.suffixes = [".mlir", ".textproto", ".test"]
config.test_source_root = os.path.dirname(__file__)
source = os.path.dirname(os.path.dirname(config.test_source_root))

for tool in ("mlc-opt", "mlc-import", "mlc"):  # the longer names first: each is looked for in what the one before left
    config.substitutions.append(("%" + tool, os.path.join(config.mlc_bin, tool)))
# From the text form of an ONNX model to its file.
proto = os.path.join(source, "frontend", "onnx")
config.substitutions.append(("%onnx", f"protoc --proto_path={proto} --encode=mlc.onnx_format.ModelProto onnx.proto"))
config.environment["PATH"] = os.pathsep.join([config.llvm_bin, os.environ["PATH"]])
# Kernels of tests are no use to anyone else.
config.environment["XDG_CACHE_HOME"] = os.path.join(config.test_exec_root, "cache")
