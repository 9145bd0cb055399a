"""An ONNX graph in the making: nodes and the arrays they take, float32 or with int8 weights."""

import itertools

import keras
import numpy as np

# LayerNormalization is part of ONNX from here on.
_OPSET = 17
_IR_VERSION = 8

# The domain of the operators that ONNX Runtime adds to those of ONNX.
MICROSOFT = "com.microsoft"

# Weights lie from -63 to 63, symmetric around zero, so that there are no zero points. Processors without
# instructions for int8 products (AVX-512 VNNI) add two of them, the other factor up to 255, in 16 bits: with
# weights up to 127 these sums would be cut off. ("Reduced range" in ONNX Runtime's words.)
_LARGEST = 63


class Graph:
    """Collects nodes. Tensors are known by their names, as in ONNX itself.

    Args:
        int8: Whether matrices of weights are stored as int8 and multiplied as such. The other
            side of a product is quantized as it comes ("dynamic quantization").
    """

    def __init__(self, int8):
        self.int8 = int8
        self._nodes, self._constants = [], []
        self._numbers = itertools.count()

    def node(self, operator, *inputs, outputs=1, name=None, domain="", **attributes):
        """Adds a node.

        Args:
            operator: Its kind.
            *inputs: Names of tensors, or arrays; "" for one that is left out.
            outputs: How many it gives.
            name: What its only output is to be called; a number by default.
            domain: The domain of the operator.
            **attributes: Those of the operator.

        Returns:
            The name of its output, or a list of names where there are several.
        """
        from onnx import helper

        inputs = [value if isinstance(value, str) else self.constant(value) for value in inputs]
        names = [name] if name else [self._new_name() for _ in range(outputs)]
        self._nodes.append(helper.make_node(operator, inputs, names, domain=domain, **attributes))
        return names[0] if outputs == 1 else names

    def constant(self, array):
        """The name of an array that is stored in the file."""
        from onnx import numpy_helper

        name = self._new_name()
        self._constants.append(numpy_helper.from_array(np.asarray(array), name))
        return name

    def dense(self, inputs, kernel, bias):
        """inputs·kernel + bias: [..., K], [K, N] and [N] give [..., N]."""
        if not self.int8:
            return self.node("Add", self.node("MatMul", inputs, kernel), bias)
        quantized, scales = quantized_columns(kernel)
        return self.node("DynamicQuantizeMatMul", inputs, quantized, scales, "", bias, domain=MICROSOFT)

    def lookup(self, table, ids):
        """The rows of a table [R, H] at `ids`, int [...]: float32 [..., H]."""
        if not self.int8:
            return self.node("Gather", table, ids)
        quantized, scales = quantized_columns(table.T)
        rows = self.node("Cast", self.node("Gather", quantized.T, ids), to=self._float32)
        return self.node("Mul", rows, self.node("Gather", scales[:, None], ids))

    @property
    def _float32(self):
        from onnx import TensorProto

        return TensorProto.FLOAT

    def _new_name(self):
        return f"t{next(self._numbers)}"

    def model(self, inputs, outputs):
        """The whole as an ONNX model.

        Args:
            inputs: The axes of each input by name: a list of names, or numbers where they are fixed.
            outputs: Those of each output.
        """
        from onnx import TensorProto, helper

        def described(axes_by_name, kind):
            return [helper.make_tensor_value_info(name, kind, axes) for name, axes in axes_by_name.items()]

        graph = helper.make_graph(
            self._nodes,
            "bert_tf",
            described(inputs, TensorProto.INT32),
            described(outputs, TensorProto.FLOAT),
            self._constants,
        )
        domains = [helper.make_opsetid("", _OPSET), helper.make_opsetid(MICROSOFT, 1)]
        return helper.make_model(
            graph, opset_imports=domains, ir_version=_IR_VERSION, producer_name="bert_tf"
        )


def weights(variable):
    """The values of a Keras variable, float32."""
    return keras.ops.convert_to_numpy(variable).astype(np.float32)


def quantized_columns(kernel):
    """A matrix as int8 with one scale for each column.

    Args:
        kernel: float32 [K, N].

    Returns:
        int8 [K, N] and float32 [N], whose product comes within half a scale of the kernel.
    """
    scales = np.abs(kernel).max(axis=0) / np.float32(_LARGEST)
    scales = np.where(scales > 0, scales, 1).astype(np.float32)
    return np.rint(kernel / scales).astype(np.int8), scales
