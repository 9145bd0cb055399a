"""Runs a model over examples without training it."""

import numpy as np
import tensorflow as tf

from bert_tf.data.pipelines import padded_batches
from bert_tf.errors import UserError
from bert_tf.models.encoder import model_inputs
from bert_tf.models.half_precision import HalfPrecisionKernels
from bert_tf.progress import progress_bar
from bert_tf.training.interruption import uninterrupted

# Batches are padded to a multiple of this: there is nothing to compile for a new shape, so that padding as
# far as in training would only take time, 2% on MRPC; odd lengths are slower.
_LENGTH_MULTIPLE = 2


class CompiledModel:
    """A function from a batch to a model's outputs, to be kept where it is run again and again.

    With mixed precision it holds the dense layers' kernels in half precision.

    Args:
        model: A Keras model whose outputs are a dict of tensors [B, …].
        loss: From outputs and a batch to the losses of its rows, [B]; where given, the
            outputs have them as `loss`.
    """

    def __init__(self, model, loss=None):
        self._model = model
        self._loss = loss
        self._kernels = HalfPrecisionKernels(model)
        self._graphs = {}

    def refresh(self):
        """Takes over the model's weights as they are now: to be called after they have changed."""
        self._kernels.refresh()

    def __call__(self, batch):
        names = tuple(batch)
        if names not in self._graphs:
            signature = {name: self._spec(name, value) for name, value in batch.items()}
            self._graphs[names] = tf.function(self._outputs, input_signature=[signature], autograph=False)
        return self._graphs[names](batch)

    def _spec(self, name, value):
        """What the graph expects: left to itself, TensorFlow makes one for the first batch's length alone."""
        known = self._model.input.get(name)
        return tf.TensorSpec([None] * value.ndim if known is None else known.shape, value.dtype)

    def _outputs(self, batch):
        with self._kernels.in_use():
            outputs = self._model(model_inputs(self._model, batch), training=False)
        return {**outputs, "loss": self._loss(outputs, batch)} if self._loss else outputs


def with_loss(run, loss):
    """What runs a model elsewhere than in TensorFlow, with the losses of the rows among its outputs.

    Args:
        run: From a batch to a dict of NumPy arrays.
        loss: See `CompiledModel`.

    Returns:
        From a batch to its outputs.
    """

    def run_with_loss(batch):
        outputs = run(batch)
        tensors = {name: tf.constant(value) for name, value in outputs.items()}
        return {**outputs, "loss": loss(tensors, batch)}

    return run_with_loss


def run_compiled(run, encoded, batch_size, pad_to=None, title="Predicting"):
    """The outputs for every row, in order.

    Rows of like length are run together, which changes nothing but the speed.

    Args:
        run: A `CompiledModel`, or any function from a batch to a dict of tensors or arrays [B, …].
        encoded: `EncodedExamples`.
        batch_size: Rows run at once.
        pad_to: Length to pad every batch to; as far as needed by default.
        title: What the progress bar says.

    Returns:
        A dict of NumPy arrays [rows, …], by the names of the outputs. Those with a place
        for each token are filled up with zeros to the longest row.

    Raises:
        UserError: If one of them is not finite.
    """
    order = np.argsort(encoded.lengths, kind="stable")
    collected = {}
    with progress_bar(title, len(encoded), "example") as bar:
        for batch in padded_batches(encoded, order, batch_size, pad_to, _LENGTH_MULTIPLE):
            with uninterrupted():
                outputs = {name: np.asarray(value) for name, value in run(batch).items()}
            _check_finite(outputs)
            for name, value in outputs.items():
                collected.setdefault(name, []).append(value)
            bar.update(len(value))
    original = np.argsort(order)
    return {name: _stacked(values)[original] for name, values in collected.items()}


def _check_finite(figures):
    """Raises UserError for numbers, by name, that are not finite: what is made of them would look like answers."""
    for name, value in figures.items():
        if not np.isfinite(value).all():
            raise UserError(
                f"the model's {name.replace('_', ' ')} came out NaN or infinite: use another checkpoint, or "
                "--precision=float32"
            )


def pooled(outputs, encoded, loss_of_means=None):
    """The outputs of each example: the mean of its rows', where `row_examples` says it may have several.

    Args:
        outputs: Arrays [rows, …] by name.
        encoded: The `EncodedExamples` they are for.
        loss_of_means: `Task.loss_of_means`, where `loss` is among them: it becomes that of what is
            predicted of an example, not the mean of its rows' losses.

    Returns:
        Arrays [examples, …] by name.
    """
    if encoded.row_examples is None:
        return outputs
    _, starts, counts = np.unique(encoded.row_examples, return_index=True, return_counts=True)

    def mean(values):
        sums = np.add.reduceat(values, starts)
        return sums / counts.reshape(-1, *[1] * (values.ndim - 1)).astype(values.dtype)

    def log_mean(logs):
        return np.logaddexp.reduceat(logs, starts) - np.log(counts)[:, np.newaxis]

    means = {name: mean(values) for name, values in outputs.items()}
    if loss_of_means:
        means["loss"] = np.asarray(loss_of_means(outputs, means, encoded.labels, log_mean))
    return means


def _stacked(batches):
    """Arrays [B, …] of several batches one after the other, the second axis as long as the longest."""
    if batches[0].ndim > 1:
        longest = max(values.shape[1] for values in batches)
        others = [(0, 0)] * (batches[0].ndim - 2)
        batches = [np.pad(v, [(0, 0), (0, longest - v.shape[1]), *others]) for v in batches]
    return np.concatenate(batches)


def average_figures(model, objective, batches, num_batches):
    """An objective's figures over many batches, each weighted as within a batch.

    Args:
        model: A Keras model.
        objective: The `Objective`.
        batches: A `tf.data.Dataset` of dicts.
        num_batches: How many batches to take from it.

    Returns:
        A dict of floats: the figures by name, and as `loss` the mean of the batches' losses.

    Raises:
        UserError: If one of them is not finite.
    """

    @tf.function(input_signature=[batches.element_spec], autograph=False)
    def run(batch):
        sums = objective.sums(model(model_inputs(model, batch), training=False), batch)
        totals = objective.totals(batch)
        return tf.stack([[sums[name], totals[name]] for name in objective.names])

    results = []
    with progress_bar("Evaluating", num_batches, "batch") as bar:
        for batch in batches.take(num_batches):
            with uninterrupted():
                results.append(run(batch).numpy())
            bar.update(1)
    results = np.array(results, np.float64)  # [batches, names, 2]
    sums, totals = results.sum(axis=0).T
    of_batches = dict(zip(objective.names, (results[..., 0] / results[..., 1]).T))
    loss = sum(of_batches[name].mean() for name in objective.losses)
    figures = {**dict(zip(objective.names, (sums / totals).tolist())), "loss": float(loss)}
    _check_finite(figures)
    return figures


def mean_of_batch_means(values, batch_size):
    """The mean over batches of each batch's mean: what TensorFlow 1's Estimator reported as `loss`."""
    starts = range(0, len(values), batch_size)
    return float(np.mean([np.mean(values[start : start + batch_size]) for start in starts]))
