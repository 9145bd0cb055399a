"""ONNX Runtime at work, on what `torch_peer.export_onnx` wrote."""

import numpy as np
import onnxruntime
from rows import Rows
from worker import answer, latency_figures, prediction_figures

_INPUTS = {"input_ids": "input_ids", "attention_mask": "input_mask", "token_type_ids": "segment_ids"}


def quantize(path, quantized_path):
    """Writes the model with int8 weights; activations are quantized as they come (dynamic quantization)."""
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic

    model = onnx.load(path)
    # The shapes that PyTorch wrote down contradict those that the quantizer finds itself.
    del model.graph.value_info[:]
    quantize_dynamic(model, quantized_path, weight_type=QuantType.QInt8)


def predicting(path, data, batch_size):
    """Prediction with the model."""
    return prediction_figures(_predictor(path), Rows.load(data).batches(batch_size))


def latency(path, vocab_size, lengths, calls):
    """Calls with one example."""
    return latency_figures(_predictor(path), vocab_size, lengths, calls)


def _predictor(path):
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])

    def run(batch):
        inputs = {name: batch[ours].astype(np.int64) for name, ours in _INPUTS.items()}
        return session.run(None, inputs)[0]

    return run


if __name__ == "__main__":
    answer(quantize, predicting, latency)
