"""Runs a model over examples without training it."""

import numpy as np
import tensorflow as tf

from bert_tf.data.pipelines import padded_batches
from bert_tf.models.encoder import model_inputs
from bert_tf.progress import progress_bar


def run_model(model, encoded, batch_size, loss=None, pad_to=None, title="Predicting"):
    """A model's outputs for every example, in order.

    Examples of like length are run together, which changes nothing but the speed.

    Args:
        model: A Keras model whose outputs are a dict of tensors [B, …].
        encoded: `EncodedExamples`.
        batch_size: Examples run at once.
        loss: From outputs and a batch to the losses of its examples, [B]; where given,
            the result has them as `loss`.
        pad_to: Length to pad every batch to; as far as needed by default.
        title: What the progress bar says.

    Returns:
        A dict of NumPy arrays [examples, …], by the names of the outputs.
    """
    order = np.argsort(encoded.lengths, kind="stable")

    @tf.function(reduce_retracing=True)
    def run(batch):
        outputs = model(model_inputs(model, batch), training=False)
        return {**outputs, "loss": loss(outputs, batch)} if loss else outputs

    collected = {}
    with progress_bar(title, len(encoded), "example") as bar:
        for batch in padded_batches(encoded, order, batch_size, pad_to):
            outputs = run(batch)
            for name, value in outputs.items():
                collected.setdefault(name, []).append(value.numpy())
            bar.update(len(value))
    original = np.argsort(order)
    return {name: np.concatenate(values)[original] for name, values in collected.items()}


def mean_of_batch_means(values, batch_size):
    """The mean over batches of each batch's mean: what TensorFlow 1's Estimator reported as `loss`."""
    starts = range(0, len(values), batch_size)
    return float(np.mean([np.mean(values[start : start + batch_size]) for start in starts]))
