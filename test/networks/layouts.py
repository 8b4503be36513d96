#!/usr/bin/env python3
"""A network gives the same kernels whatever form it was exported in.

    layouts.py --mlc build/bin/mlc --proto frontend/onnx [--keep DIR]

Two networks are written as ONNX in the forms that exporters choose:

    first     channels-first, as PyTorch exports
    symbolic  the same with unknown sizes of batch and image, the flattening computed from the shape; --shape makes it static
    last      channels-last with transposes around each convolution, as tf2onnx exports TensorFlow and Keras
    padded    the same with the padding of strided convolutions as operators of their own, rectifiers as maxima, means as
              windows over the whole image, and the branches of a sum the other way round

A kernel is known by its symbol, a hash of all that its code is made from. `symbolic` has to run just the kernels that `first`
runs. In the others the model's input has another layout, so the first convolution may differ, which reads it as it lies: one
kernel, and the one before it that pads the input. All others have to be the same, as often.
"""
import argparse
import json
import math
import random
import struct
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

TO_FIRST, TO_LAST = (0, 3, 1, 2), (0, 2, 3, 1)
FLOAT, INT64 = 1, 7
SIZE, CLASSES = 56, 40


class Export:
    """Writes the text of an ONNX model, node by node. Values are channels-first or channels-last as the form has it."""

    def __init__(self, form):
        self.form = form
        self.last = form in ("last", "padded")
        self.nodes, self.constants, self.count = [], [], 0

    def name(self, stem):
        self.count += 1
        return "%s_%d" % (stem, self.count)

    def node(self, op, inputs, **attributes):
        y = self.name(op.lower())
        text = 'node { name: "%s" op_type: "%s" %s output: "%s"' % (y, op, " ".join('input: "%s"' % i for i in inputs), y)
        for key, value in attributes.items():
            if isinstance(value, float):
                text += ' attribute { name: "%s" type: 1 f: %r }' % (key, value)
            elif isinstance(value, int):
                text += ' attribute { name: "%s" type: 2 i: %d }' % (key, value)
            else:
                text += ' attribute { name: "%s" type: 7 %s }' % (key, " ".join("ints: %d" % v for v in value))
        self.nodes.append(text + " }")
        return y

    def constant(self, values, dims, kind=FLOAT):
        y = self.name("constant")
        data = struct.pack("<%d%s" % (len(values), "f" if kind == FLOAT else "q"), *values)
        self.constants.append('initializer { name: "%s" data_type: %d %s raw_data: "%s" }' %
                              (y, kind, " ".join("dims: %d" % d for d in dims), "".join("\\%03o" % b for b in data)))
        return y

    def weights(self, layer, dims, low, high):
        generator = random.Random(layer)  # the same values in each form
        return self.constant([generator.uniform(low, high) for _ in range(math.prod(dims))], dims)

    def transpose(self, x, perm):
        return self.node("Transpose", [x], perm=perm)

    def conv(self, layer, x, inputs, outputs, window, stride=1, groups=1, normalised=True):
        """A convolution with batch normalisation, or with a bias."""
        # As TensorFlow's SAME: where padding is odd, there is more behind.
        total = max(window - stride, 0)
        low, high = total // 2, total - total // 2
        if self.form == "padded" and stride > 1 and total:
            x = self.node("Pad", [x, self.constant([0, low, low, 0, 0, high, high, 0], [8], INT64)])
            low = high = 0
        if self.last:
            x = self.transpose(x, TO_FIRST)
        spread = 1 / math.sqrt(inputs // groups * window * window)
        operands = [x, self.weights(layer, [outputs, inputs // groups, window, window], -spread, spread)]
        if not normalised:
            bias = self.weights(layer + "/bias", [outputs], -1, 1)
            if not self.last:
                operands.append(bias)
        y = self.node("Conv", operands, kernel_shape=[window] * 2, strides=[stride] * 2, pads=[low, low, high, high], group=groups)
        if normalised:
            y = self.node("BatchNormalization", [y] + [self.weights(layer + part, [outputs], least, most) for part, least, most in
                                                       (("/scale", 0.5, 1.5), ("/offset", -1, 1), ("/mean", -0.2, 0.2), ("/variance", 0.5, 1.5))])
        if self.last:
            y = self.transpose(y, TO_LAST)
        if not normalised and self.last:
            y = self.node("Add", [y, bias])
        return y

    def relu(self, x):
        if self.form == "padded":
            return self.node("Max", [x, self.constant([0], [])])
        return self.node("Relu", [x])

    def relu6(self, x):
        zero, six = self.constant([0], []), self.constant([6], [])
        if self.form == "padded":
            return self.node("Min", [self.node("Max", [x, zero]), six])
        return self.node("Clip", [x, zero, six])

    def add(self, main, shortcut):
        """The sum of two branches, which are functions that write them."""
        if self.form == "padded":
            shortcut = shortcut()
            return self.node("Add", [shortcut, main()])
        main = main()
        return self.node("Add", [main, shortcut()])

    def max_pool(self, x):
        if self.last:
            x = self.transpose(x, TO_FIRST)
        y = self.node("MaxPool", [x], kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])
        return self.transpose(y, TO_LAST) if self.last else y

    def mean(self, x, size):
        """Over the image, whose sizes stay as 1."""
        if self.form == "padded":
            return self.transpose(self.node("AveragePool", [self.transpose(x, TO_FIRST)], kernel_shape=[size, size]), TO_LAST)
        return self.node("ReduceMean", [x], axes=[1, 2], keepdims=1) if self.last else self.node("GlobalAveragePool", [x])

    def gate(self, layer, x, channels, inner, size):
        """Squeeze and excite."""
        y = self.relu(self.conv(layer + "/squeeze", self.mean(x, size), channels, inner, 1, normalised=False))
        y = self.node("Sigmoid", [self.conv(layer + "/excite", y, inner, channels, 1, normalised=False)])
        return self.node("Mul", [x, y])

    def classify(self, x, channels, size):
        weights = "classifier", [channels, CLASSES], -0.1, 0.1
        bias = self.weights("classifier/bias", [CLASSES], -1, 1)
        if self.last:
            y = self.node("ReduceMean", [x], axes=[1, 2], keepdims=0)
            y = self.node("Add", [self.node("MatMul", [y, self.weights(*weights)]), bias])
            return self.node("Softmax", [y], axis=-1)
        y = self.mean(x, size)
        if self.form == "symbolic":
            batch = self.node("Gather", [self.node("Shape", [y]), self.constant([0], [], INT64)], axis=0)
            batch = self.node("Unsqueeze", [batch, self.constant([0], [1], INT64)])
            y = self.node("Reshape", [y, self.node("Concat", [batch, self.constant([-1], [1], INT64)], axis=0)])
        else:
            y = self.node("Flatten", [y], axis=1)
        # PyTorch keeps a linear layer's weights as [out, in].
        generator = random.Random(weights[0])
        values = [generator.uniform(*weights[2:]) for _ in range(channels * CLASSES)]
        turned = self.constant([values[k * CLASSES + c] for c in range(CLASSES) for k in range(channels)], [CLASSES, channels])
        y = self.node("Gemm", [y, turned, bias], alpha=1.0, beta=1.0, transB=1)
        return self.node("Softmax", [y], axis=1)

    def model(self, y):
        image = (["n", 3, "h", "w"] if self.form == "symbolic" else [1, SIZE, SIZE, 3] if self.last else [1, 3, SIZE, SIZE])

        def value(name, dims):
            return 'name: "%s" type { tensor_type { elem_type: 1 shape { %s } } }' % (
                name, " ".join("dim { dim_%s }" % ("value: %d" % d if isinstance(d, int) else 'param: "%s"' % d) for d in dims))

        return "\n".join(["ir_version: 8 opset_import { version: 13 } graph {", "input { %s }" % value("x", image), *self.constants, *self.nodes,
                          'output { name: "%s" } }' % y])


def bottleneck(e):
    def block(x, layer, channels, inner, outer, stride):
        def main():
            y = e.relu(e.conv(layer + "1", x, channels, inner, 1))
            y = e.relu(e.conv(layer + "2", y, inner, inner, 3, stride=stride))
            return e.conv(layer + "3", y, inner, outer, 1)

        def shortcut():
            return x if channels == outer else e.conv(layer + "shortcut", x, channels, outer, 1, stride=stride)

        return e.relu(e.add(main, shortcut))

    x = e.max_pool(e.relu(e.conv("stem", "x", 3, 32, 7, stride=2)))
    channels = 32
    for i, (inner, outer, stride) in enumerate([(16, 64, 1), (16, 64, 1), (32, 128, 2)]):
        x = block(x, "block%d/" % i, channels, inner, outer, stride)
        channels = outer
    return e.classify(x, channels, SIZE // 8)


def inverted(e):
    def block(x, layer, channels, inner, outer, window, stride, gate):
        def main():
            y = e.relu6(e.conv(layer + "expand", x, channels, inner, 1))
            y = e.relu6(e.conv(layer + "depthwise", y, inner, inner, window, stride=stride, groups=inner))
            if gate:
                y = e.gate(layer + "gate", y, inner, inner // 4, gate)
            return e.conv(layer + "project", y, inner, outer, 1)

        return e.add(main, lambda: x) if channels == outer and stride == 1 else main()

    x = e.relu6(e.conv("stem", "x", 3, 16, 3, stride=2))
    channels = 16
    # gate: the size of the image there
    for i, (inner, outer, window, stride, gate) in enumerate([(16, 16, 3, 1, 0), (48, 24, 3, 2, 0), (72, 24, 5, 1, SIZE // 4), (96, 40, 5, 2, SIZE // 8)]):
        x = block(x, "block%d/" % i, channels, inner, outer, window, stride, gate)
        channels = outer
    return e.classify(e.relu6(e.conv("head", x, channels, 64, 1)), 64, SIZE // 8)


def kernels_of(options, folder, network, form):
    """Of a model's steps, in their order, each kernel's symbol and name; and how many of the first are the border's."""
    text = folder / ("%s-%s.textproto" % (network.__name__, form))
    model, description = text.with_suffix(".onnx"), text.with_suffix(".json")
    export = Export(form)
    text.write_text(export.model(network(export)))
    with text.open() as source, model.open("wb") as target:
        subprocess.run(["protoc", "--proto_path=%s" % options.proto, "--encode=mlc.onnx_format.ModelProto", "onnx.proto"], stdin=source, stdout=target, check=True)
    shape = ["--shape", "x=1x3x%dx%d" % (SIZE, SIZE)] if form == "symbolic" else []
    subprocess.run([options.mlc, "inspect", model, "--cpu=x86-64-v3", "--json", description, *shape], check=True, stdout=subprocess.DEVNULL)
    described = json.loads(description.read_text())
    kernels = [(k["symbols"][0], k["name"]) for k in (described["kernels"][step["kernel_index"]] for step in described["steps"])]
    readers = [i for i, step in enumerate(described["steps"]) if any(o["place"].startswith("input") for o in step["operands"])]
    assert readers == [0], "the input is read once, by the first kernel"
    return kernels, 2 if kernels[0][1].startswith("pad_") else 1


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    here = Path(__file__).resolve().parents[2]
    parser.add_argument("--mlc", default=str(here / "build" / "bin" / "mlc"))
    parser.add_argument("--proto", default=str(here / "frontend" / "onnx"))
    parser.add_argument("--keep", help="a folder for the models and what mlc says of them")
    options = parser.parse_args()
    bad = 0
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(options.keep or temporary)
        folder.mkdir(exist_ok=True)
        for network in (bottleneck, inverted):
            expected, border = kernels_of(options, folder, network, "first")
            for form in ("symbolic", "last", "padded"):
                got, other_border = kernels_of(options, folder, network, form)
                skip, other_skip = (0, 0) if form == "symbolic" else (border, other_border)
                missing, more = Counter(expected[skip:]), Counter(got[other_skip:])
                for what, kernels in (("lacks", missing - more), ("has", more - missing)):
                    for (symbol, name), count in sorted(kernels.items()):
                        print("%s, %s: %s %d of %s %s" % (network.__name__, form, what, count, symbol, name))
                        bad += 1
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
