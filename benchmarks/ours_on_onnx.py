"""bert_tf on ONNX Runtime: what --export_onnx and --quantize=int8 write."""

import pathlib

from rows import Rows
from worker import answer, latency_figures, prediction_figures

from bert_tf.export.onnx_session import onnx_runner


def export(config, path, int8):
    """Writes a classifier of random weights as --export_dir does."""
    from bert_tf.config import BertConfig
    from bert_tf.export.onnx_model import onnx_model
    from bert_tf.models.classification import bert_classifier

    model = bert_classifier(BertConfig.from_dict(config), 2)
    pathlib.Path(path).write_bytes(onnx_model(model, int8).SerializeToString())


def predicting(path, data, batch_size):
    """Prediction with the model."""
    return prediction_figures(onnx_runner(path), Rows.load(data).batches(batch_size))


def latency(path, vocab_size, lengths, calls):
    """Calls with one example."""
    return latency_figures(onnx_runner(path), vocab_size, lengths, calls)


if __name__ == "__main__":
    answer(export, predicting, latency)
