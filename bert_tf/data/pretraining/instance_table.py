"""Pretraining instances as decided, at some hundred bytes each, and as features when they are written.

Both halves of an instance are stretches of the corpus. So it is enough to hold where they
begin, how long they are, and what is masked; the ids are looked up batch by batch.
"""

import array

import numpy as np

from bert_tf.tokenization.vocabulary import CLS, SEP

# Enough instances for numpy's work to outweigh Python's, few enough to stay in the processor's cache.
_BATCH = 512


class InstanceTable:
    """Columns that grow by `append`, one row an instance.

    Args:
        corpus: The `Corpus` that the halves are stretches of.
        vocabulary: The `Vocabulary` of its ids.
        options: `PretrainingDataOptions`.
    """

    def __init__(self, corpus, vocabulary, options):
        self._ids = corpus.ids
        self._cls, self._sep = vocabulary.ids[CLS], vocabulary.ids[SEP]
        self._options = options
        self._a_starts, self._a_lengths = array.array("q"), array.array("H")
        self._b_starts, self._b_lengths = array.array("q"), array.array("H")
        self._random_next = array.array("B")
        self._counts = array.array("H")
        self._positions = array.array("H")
        self._replacements = array.array(corpus.ids.dtype.char)

    def __len__(self):
        return len(self._counts)

    def append(self, a, b, is_random_next, positions, replacements):
        """Adds an instance.

        Args:
            a: Where its first half begins in the corpus, and its number of tokens.
            b: Likewise its second half.
            is_random_next: Whether `b` is from anywhere but after `a`.
            positions: Which of its tokens, [CLS] being 0, are masked, in any order.
            replacements: The ids that stand in their places.
        """
        self._a_starts.append(a[0])
        self._a_lengths.append(a[1])
        self._b_starts.append(b[0])
        self._b_lengths.append(b[1])
        self._random_next.append(is_random_next)
        self._counts.append(len(positions))
        self._positions.extend(positions)
        self._replacements.extend(replacements)

    def batches(self, order):
        """The features of the instances as Google's script writes them.

        Args:
            order: Row numbers.

        Yields:
            Dictionaries of arrays for some N rows: whole numbers `input_ids`, `input_mask`,
            `segment_ids` [N, max_seq_length], `masked_lm_positions`, `masked_lm_ids`
            [N, max_predictions_per_seq] and `next_sentence_labels` [N, 1], which is 1 where
            the second half is random; float32 `masked_lm_weights` as the positions.
        """
        offsets = np.cumsum(self._counts, dtype=np.int64) - np.frombuffer(self._counts, np.uint16)
        for start in range(0, len(order), _BATCH):
            rows = np.asarray(order[start : start + _BATCH], np.int64)
            yield self._features(rows, offsets[rows, None])

    def _column(self, values, rows):
        return np.frombuffer(values, values.typecode)[rows, None]

    def _features(self, rows, offsets):
        first_sep = self._column(self._a_lengths, rows).astype(np.int32) + 1
        last_sep = first_sep + self._column(self._b_lengths, rows) + 1
        position = np.arange(self._options.max_seq_length, dtype=np.int32)
        in_first, inside = position <= first_sep, position <= last_sep
        before_a = self._column(self._a_starts, rows) - 1
        before_b = self._column(self._b_starts, rows) - first_sep - 1
        tokens = np.where(in_first, before_a, before_b) + position
        input_ids = self._ids.take(tokens, mode="clip").astype(np.int32)
        input_ids[:, 0] = self._cls
        input_ids[(position == first_sep) | (position == last_sep)] = self._sep
        input_ids *= inside
        predictions = self._predictions(rows, offsets, input_ids)
        return {
            "input_ids": input_ids,
            "input_mask": inside.view(np.uint8),
            "segment_ids": (inside > in_first).view(np.uint8),
            **predictions,
            "next_sentence_labels": self._column(self._random_next, rows),
        }

    def _predictions(self, rows, offsets, input_ids):
        """Labels by position, in whose place `input_ids` receives what the model is to see."""
        slot = np.arange(self._options.max_predictions_per_seq)
        used = slot < self._column(self._counts, rows)
        positions = np.frombuffer(self._positions, np.uint16).take(offsets + slot, mode="clip")
        positions = positions.astype(np.int32)
        # Those of no instance sort behind, where zeros take their place.
        by_position = np.argsort(np.where(used, positions, self._options.max_seq_length), axis=1)
        positions = np.take_along_axis(positions, by_position, 1) * used
        seen = np.frombuffer(self._replacements, self._ids.dtype).take(offsets + by_position, mode="clip")
        labels = np.take_along_axis(input_ids, positions, 1) * used
        row, _ = np.nonzero(used)
        input_ids[row, positions[used]] = seen[used]
        return {
            "masked_lm_positions": positions,
            "masked_lm_ids": labels,
            "masked_lm_weights": used.astype(np.float32),
        }
