"""The examples that all contestants get: MRPC's or random ones, encoded once, in one order."""

import dataclasses

import numpy as np
from worker import answer

# Word pieces of MRPC's pairs: on average, their standard deviation, the shortest and the longest.
_MRPC_LENGTHS = (53, 13, 16, 103)
_NUM_RANDOM = 3668  # as many as in MRPC's training set
# Batches are padded to a multiple of this, as bert_tf does (whose import would slow down its rivals' start).
_TRAINING_MULTIPLE = 4
_PREDICTION_MULTIPLE = 2


@dataclasses.dataclass(frozen=True)
class Rows:
    """Token ids laid end to end, and the order to take them in.

    Args:
        input_ids: int32 [tokens].
        segment_ids: int32 [tokens].
        row_splits: int64 [rows + 1].
        labels: int32 [rows].
        order: int64 [N], the rows of all batches, one batch after the other.
        length_multiple: What batches are padded to a multiple of.
    """

    input_ids: np.ndarray
    segment_ids: np.ndarray
    row_splits: np.ndarray
    labels: np.ndarray
    order: np.ndarray
    length_multiple: int

    @classmethod
    def load(cls, path):
        """Reads what `save` wrote."""
        with np.load(path) as arrays:
            return cls(**arrays)

    def save(self, path):
        np.savez(path, **vars(self))

    def batches(self, batch_size, pad_to=None):
        """The batches, as a list of dicts of int32 arrays: ids, mask and segments [B, S], labels [B].

        Args:
            batch_size: B.
            pad_to: S; by default the longest row of each batch, rounded up.
        """
        starts = range(0, len(self.order), batch_size)
        return [self._batch(self.order[start : start + batch_size], pad_to) for start in starts]

    def _batch(self, indices, pad_to):
        lengths = np.diff(self.row_splits)[indices]
        length = pad_to or -(-lengths.max() // self.length_multiple) * self.length_multiple
        mask = np.arange(length) < lengths[:, None]
        places = np.where(mask, self.row_splits[indices][:, None] + np.arange(length), 0)
        return {
            "input_ids": np.where(mask, self.input_ids[places], 0).astype(np.int32),
            "input_mask": mask.astype(np.int32),
            "segment_ids": np.where(mask, self.segment_ids[places], 0).astype(np.int32),
            "labels": self.labels[indices].astype(np.int32),
        }


def mrpc(path, data_dir, vocab_file, split, max_seq_length, batch_size, num_steps=None, limit=None):
    """Writes MRPC's rows, or the first of them, encoded and ordered as run_classifier.py does it."""
    from bert_tf.tasks.glue import Mrpc
    from bert_tf.tokenization.in_graph import InGraphTokenizer

    task = Mrpc()
    encoded = task.encode(InGraphTokenizer(vocab_file), task.examples(split, data_dir), max_seq_length)
    splits = encoded.row_splits[: limit + 1 if limit else None]
    labels = np.zeros(len(splits) - 1, np.int32) if encoded.labels is None else encoded.labels[:limit]
    how = _order(np.diff(splits), batch_size, num_steps)
    Rows(encoded.input_ids[: splits[-1]], encoded.segment_ids[: splits[-1]], splits, labels, *how).save(path)


def random(path, vocab_size, max_seq_length, batch_size, num_steps=None, limit=None):
    """Writes random ids, in rows about as long as MRPC's."""
    rng = np.random.default_rng(0)
    mean, deviation, shortest, longest = _MRPC_LENGTHS
    num_rows = limit or _NUM_RANDOM
    lengths = rng.normal(mean, deviation, num_rows).round().astype(np.int64)
    lengths = np.minimum(lengths.clip(shortest, longest), max_seq_length)
    splits = np.concatenate([[0], np.cumsum(lengths)])
    ids = rng.integers(vocab_size, size=splits[-1], dtype=np.int32)
    first_text = np.arange(splits[-1]) < np.repeat(splits[:-1] + lengths // 2, lengths)
    segments = 1 - first_text.astype(np.int32)
    labels = rng.integers(2, size=num_rows, dtype=np.int32)
    Rows(ids, segments, splits, labels, *_order(lengths, batch_size, num_steps)).save(path)


def full(path, vocab_size, length, num_rows):
    """Writes random ids, in rows of one length."""
    rng = np.random.default_rng(0)
    ids = rng.integers(vocab_size, size=num_rows * length, dtype=np.int32)
    segments = np.arange(num_rows * length) % length >= length // 2
    labels = rng.integers(2, size=num_rows, dtype=np.int32)
    splits = np.arange(num_rows + 1) * length
    Rows(ids, segments.astype(np.int32), splits, labels, np.arange(num_rows), length).save(path)


def _order(lengths, batch_size, num_steps):
    """The order of the rows, and what batches are padded to a multiple of."""
    if num_steps is None:
        return np.argsort(lengths, kind="stable"), _PREDICTION_MULTIPLE
    from bert_tf.data.pipelines import training_order

    # The whole of an epoch is grouped by length, whatever part of it is timed.
    whole = max(num_steps, len(lengths) // batch_size)
    return training_order(lengths, batch_size, whole, seed=0)[:num_steps].ravel(), _TRAINING_MULTIPLE


def masked(path, vocab_size, length, num_masked, num_rows):
    """Writes random pretraining instances, all full: the features of create_pretraining_data.py."""
    rng = np.random.default_rng(0)
    ids = rng.integers(vocab_size, size=(num_rows, length), dtype=np.int32)
    first_text = np.arange(length) < length // 2
    positions = [np.sort(rng.choice(length, num_masked, replace=False)) for _ in range(num_rows)]
    np.savez(
        path,
        input_ids=ids,
        input_mask=np.ones_like(ids),
        segment_ids=np.broadcast_to(1 - first_text.astype(np.int32), ids.shape),
        masked_lm_positions=np.array(positions, np.int32),
        masked_lm_ids=rng.integers(vocab_size, size=(num_rows, num_masked), dtype=np.int32),
        masked_lm_weights=np.ones((num_rows, num_masked), np.float32),
        next_sentence_labels=rng.integers(2, size=(num_rows, 1), dtype=np.int32),
    )


def masked_rows(path):
    """The instances that `masked` wrote, as a dict of arrays [N, …]."""
    with np.load(path) as arrays:
        return dict(arrays)


def masked_batches(path, batch_size):
    """The same as a list of dicts of arrays [batch_size, …]."""
    arrays = masked_rows(path)
    starts = range(0, len(arrays["input_ids"]), batch_size)
    return [{name: array[s : s + batch_size] for name, array in arrays.items()} for s in starts]


if __name__ == "__main__":
    answer(mrpc, random, full, masked)
