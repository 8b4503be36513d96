import os

import lit.formats

config.name = "mlc"
config.test_format = lit.formats.ShTest(True)
config.suffixes = [".mlir"]
config.test_source_root = os.path.dirname(__file__)
config.substitutions.append(("%mlc-opt", os.path.join(config.mlc_bin, "mlc-opt")))
config.substitutions.append(("%mlc", os.path.join(config.mlc_bin, "mlc")))
config.environment["PATH"] = os.pathsep.join([config.llvm_bin, os.environ["PATH"]])
# Kernels of tests are no use to anyone else.
config.environment["XDG_CACHE_HOME"] = os.path.join(config.test_exec_root, "cache")
