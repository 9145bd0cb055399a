"""From encoded examples to batches: shuffle, group by length, pad."""

import dataclasses

import numpy as np
import tensorflow as tf

from bert_tf.data.autotuning import untuned

# Training's batches are padded to a multiple of this, so that few different shapes occur: each takes a
# moment to compile, while a multiple twice as large costs 3% of the time of training on MRPC.
LENGTH_MULTIPLE = 4
# How many batches' worth of examples are sorted by length together: more saves more padding,
# fewer keeps batches more random.
POOL_BATCHES = 64
_ENCODE_ROWS = 1024
# What fills each row up to the batch's length.
_PADDING = {"input_ids": 0, "segment_ids": 0, "labels": -1}


@dataclasses.dataclass(frozen=True)
class EncodedExamples:
    """Token ids of all examples, laid end to end.

    Args:
        input_ids: int32 [tokens].
        segment_ids: int32 [tokens].
        row_splits: int64 [examples + 1]; example i is tokens row_splits[i] to row_splits[i + 1].
            With `num_choices` C, int64 [examples·C + 1], C sequences for each example.
        labels: [examples, …], or None.
        num_truncated: How many examples were cut to the maximum length.
        examples: What they were made from, if it is needed later.
        token_labels: int32 [tokens], a label for each token instead, -1 for none.
        num_choices: How many sequences make up an example, where each is made of several.
        row_examples: int64 [rows], the example of each row, where some have several rows, in
            order; `row_splits` are then those of the rows, and so are length and lengths.
    """

    input_ids: np.ndarray
    segment_ids: np.ndarray
    row_splits: np.ndarray
    labels: np.ndarray | None
    num_truncated: int
    examples: object = None
    token_labels: np.ndarray | None = None
    num_choices: int | None = None
    row_examples: np.ndarray | None = None

    def __len__(self):
        return (len(self.row_splits) - 1) // (self.num_choices or 1)

    @property
    def lengths(self):
        """int64 [examples]: tokens of each, or of its longest choice, special tokens included."""
        return np.diff(self.row_splits).reshape(-1, self.num_choices or 1).max(axis=1)


def encode_examples(encode, examples):
    """Turns texts into ids, many rows at a time.

    Args:
        encode: From `text_a` and `text_b`, string tensors [examples], to ragged `input_ids`
            and `segment_ids` [rows, None], `truncated`, bool [examples], and, where an example
            may have several rows, how many it has, int64 [examples].
        examples: Anything with lists `text_a` and `text_b` and an array `labels` or None.

    Returns:
        `EncodedExamples`, in the same order.
    """
    texts = tf.data.Dataset.from_tensor_slices((examples.text_a, examples.text_b))
    encoded = untuned(texts.batch(_ENCODE_ROWS).map(encode, tf.data.AUTOTUNE).prefetch(1))
    ids, segments, lengths, num_rows, truncated = [], [], [], [], 0
    for row_ids, row_segments, row_truncated, *row_counts in encoded:
        ids.append(row_ids.values.numpy())
        segments.append(row_segments.values.numpy())
        lengths.append(row_ids.row_lengths().numpy())
        num_rows.extend(counts.numpy() for counts in row_counts)
        truncated += int(np.count_nonzero(row_truncated))
    counts = np.concatenate(num_rows) if num_rows else None
    return EncodedExamples(
        np.concatenate(ids),
        np.concatenate(segments),
        np.concatenate([[0], np.cumsum(np.concatenate(lengths))]),
        examples.labels,
        truncated,
        examples,
        row_examples=None if counts is None else np.repeat(np.arange(len(counts)), counts),
    )


def training_order(lengths, batch_size, num_steps, seed, group_by_length=True):
    """Which examples each training step sees.

    The examples of all epochs follow one another, each epoch shuffled anew and whole, and
    are cut into batches of equal size; a batch may so span two epochs, as with Google's
    `repeat` before `batch`. Then, within pools of about `POOL_BATCHES` batches of one
    epoch, examples of like length are put into the same batch. The first steps do not
    depend on how many follow, so a run that is resumed, for more epochs too, goes on with
    the batch it would have had.

    Args:
        lengths: [examples] number of tokens of each.
        batch_size: Examples a step.
        num_steps: Number of steps.
        seed: A whole number, 0 or more.
        group_by_length: False leaves the batches as they were drawn.

    Returns:
        int64 [num_steps, batch_size], indices of examples.
    """
    num_examples = len(lengths)
    num_epochs = -(-num_steps * batch_size // num_examples)
    stream = np.concatenate([_rng(seed, epoch).permutation(num_examples) for epoch in range(num_epochs)])
    batches = stream[: len(stream) // batch_size * batch_size].reshape(-1, batch_size)
    for epoch in range(num_epochs if group_by_length else 0):
        first, last = (count * num_examples // batch_size for count in (epoch, epoch + 1))
        for pool in np.array_split(np.arange(first, last), -(-(last - first) // POOL_BATCHES) or 1):
            batches[pool] = _grouped(batches[pool], lengths, _rng(seed, epoch, first))
    return batches[:num_steps]


def _grouped(batches, lengths, rng):
    """Regroups the examples of some batches by length; the batches stay in random order."""
    examples = batches.ravel()
    by_length = examples[np.argsort(lengths[examples], kind="stable")]
    return rng.permutation(by_length.reshape(batches.shape))


def _rng(*seeds):
    return np.random.default_rng(seeds)


def padded_batches(encoded, order, batch_size, pad_to=None, length_multiple=LENGTH_MULTIPLE):
    """Batches as the models take them.

    Args:
        encoded: `EncodedExamples`.
        order: int [N], indices of the examples in the order wanted.
        batch_size: Examples a batch; the last one may have fewer.
        pad_to: Length S of every batch; by default the longest example of each batch,
            rounded up to a multiple of `length_multiple`.
        length_multiple: What lengths are multiples of.

    Returns:
        A `tf.data.Dataset` of dicts of `input_ids`, `input_mask`, `segment_ids`, int32
        [B, S], and `labels` [B, …] where there are any; token labels [B, S] are padded with -1.
        With `num_choices` C, the former are [B, C, S].
    """
    splits = tf.constant(encoded.row_splits)
    columns = {"input_ids": encoded.input_ids, "segment_ids": encoded.segment_ids}
    if encoded.token_labels is not None:
        columns["labels"] = encoded.token_labels
    tokens = {
        name: tf.RaggedTensor.from_row_splits(tf.constant(values), splits, validate=False)
        for name, values in columns.items()
    }
    labels = encoded.labels
    if labels is not None:
        labels = tf.constant(labels if encoded.row_examples is None else labels[encoded.row_examples])

    def gather(indices):
        sequences = _sequences(indices, encoded.num_choices) if encoded.num_choices else indices
        rows = {name: tf.gather(ragged, sequences) for name, ragged in tokens.items()}
        lengths = rows["input_ids"].row_lengths()
        length = tf.cast(pad_to, tf.int64) if pad_to else _rounded_up(tf.reduce_max(lengths), length_multiple)
        shape = tf.stack([-1, length])
        batch = {
            name: tf.ensure_shape(row.to_tensor(_PADDING[name], shape=shape), [None, pad_to])
            for name, row in rows.items()
        }
        batch["input_mask"] = tf.sequence_mask(lengths, length, tf.int32)
        if encoded.num_choices:
            grouped = tf.stack([-1, encoded.num_choices, length])
            batch = {name: tf.reshape(value, grouped) for name, value in batch.items()}
        if labels is not None:
            batch["labels"] = tf.gather(labels, indices)
        return batch

    dataset = tf.data.Dataset.from_tensor_slices(tf.cast(order, tf.int64)).batch(batch_size)
    return untuned(dataset.map(gather, tf.data.AUTOTUNE).prefetch(tf.data.AUTOTUNE))


def _sequences(indices, num_choices):
    """The numbers of the examples' sequences, [B·C], the choices of each example together."""
    return tf.reshape(indices[:, tf.newaxis] * num_choices + tf.range(num_choices, dtype=tf.int64), [-1])


def _rounded_up(length, multiple):
    return -(-length // multiple) * multiple
