"""New masks for pretraining records each time they are seen (Liu et al. 2019, "RoBERTa", section 4.1)."""

import dataclasses

import tensorflow as tf

from bert_tf.errors import UserError
from bert_tf.tokenization.vocabulary import CLS, MASK, SEP, Vocabulary

# What the model sees of a masked token: below the first [MASK], below the second the token itself,
# above it any piece (Devlin et al. 2018, section 3.1).
_MASK_BELOW, _KEEP_BELOW = 0.8, 0.9


@dataclasses.dataclass(frozen=True)
class DynamicMasking:
    """Masks a batch by the rules of Google's `create_masked_lm_predictions`, whatever masks it had.

    As there, each token is masked alone: whole words are not kept together.

    Args:
        vocabulary: The `Vocabulary` that the records were made with.
        masked_lm_prob: Share of a record's tokens, [CLS] and [SEP] counted, that is masked.

    Raises:
        UserError: If `masked_lm_prob` is not from 0 to 1.
    """

    vocabulary: Vocabulary
    masked_lm_prob: float = 0.15

    def __post_init__(self):
        if not 0 <= self.masked_lm_prob <= 1:
            raise UserError(f"masked_lm_prob {self.masked_lm_prob}: give a value from 0 to 1")

    def __call__(self, batch, first_record, seed):
        """Masks anew.

        Args:
            batch: What `PretrainingRecords.parse` gives, of static shapes [B, S] and [B, P].
            first_record: int64 scalar, the place of the batch's first record in the stream of
                records. Masks follow from it and the seed alone, whatever B is.
            seed: A whole number, 0 or more.

        Returns:
            The batch with other `input_ids` and `masked_lm_positions`, `masked_lm_ids` and
            `masked_lm_weights`; positions ascend, and 0 of weight 0 fill up the end.
        """
        tokens = unmasked(batch)
        length, predictions = tokens.shape[1], batch["masked_lm_positions"].shape[1]
        draws = _uniform(seed, first_record, len(tokens), length + 2 * predictions)
        order, kind, piece = tf.split(draws, [length, predictions, predictions], axis=1)
        positions, chosen = self._choose(tokens, batch["input_mask"], order, predictions)
        labels = tf.where(chosen, tf.gather(tokens, positions, batch_dims=1), 0)
        return {
            **batch,
            "input_ids": _replace(tokens, positions, chosen, self._replacements(labels, kind, piece)),
            "masked_lm_positions": positions,
            "masked_lm_ids": labels,
            "masked_lm_weights": tf.cast(chosen, tf.float32),
        }

    def _choose(self, tokens, input_mask, order, predictions):
        """Positions [B, P], ascending with 0 behind, and which of them count."""
        special = (tokens == self.vocabulary.ids[CLS]) | (tokens == self.vocabulary.ids[SEP])
        candidates = (input_mask == 1) & ~special
        # In double precision, as Python's, so that halves are halves; both round them to even.
        wanted = tf.round(tf.cast(tf.reduce_sum(input_mask, 1), tf.float64) * self.masked_lm_prob)
        wanted = tf.clip_by_value(tf.cast(wanted, tf.int32), 1, predictions)
        wanted = tf.minimum(wanted, tf.reduce_sum(tf.cast(candidates, tf.int32), 1))
        chosen = tf.range(predictions) < wanted[:, None]
        scores = tf.where(candidates, order, -1.0)
        # There may be more predictions than tokens.
        scores = tf.pad(scores, [[0, 0], [0, max(0, predictions - scores.shape[1])]], constant_values=-1.0)
        drawn = tf.math.top_k(scores, predictions).indices
        ascending = tf.sort(tf.where(chosen, drawn, drawn.dtype.max))
        return tf.where(chosen, ascending, 0), chosen

    def _replacements(self, labels, kind, piece):
        # As in `pretraining_instances`, a piece that a vocabulary has twice counts once.
        pieces = tf.constant(list(self.vocabulary.ids.values()), tf.int32)
        drawn = tf.gather(pieces, tf.cast(piece * len(self.vocabulary.ids), tf.int32))
        seen = tf.where(kind < _KEEP_BELOW, labels, drawn)
        return tf.where(kind < _MASK_BELOW, self.vocabulary.ids[MASK], seen)


def unmasked(batch):
    """The tokens before they were masked.

    Args:
        batch: `input_ids` [B, S], and `masked_lm_positions`, `masked_lm_ids` and
            `masked_lm_weights` [B, P].

    Returns:
        int32 [B, S].
    """
    counts = batch["masked_lm_weights"] > 0
    return _replace(batch["input_ids"], batch["masked_lm_positions"], counts, batch["masked_lm_ids"])


def _replace(tokens, positions, chosen, values):
    """Tokens [B, S] with the values [B, P] at the positions [B, P] that are chosen."""
    count, length = tokens.shape
    # One more column takes the values of positions that are not chosen, and is cut off.
    columns = tf.where(chosen, positions, length)
    rows = tf.broadcast_to(tf.range(count)[:, None], tf.shape(columns))
    wider = tf.pad(tokens, [[0, 0], [0, 1]])
    return tf.tensor_scatter_nd_update(wider, tf.stack([rows, columns], -1), values)[:, :length]


def _uniform(seed, first_row, rows, columns):
    """float64 [rows, columns] from 0 to below 1, where a row's numbers follow from seed and row alone.

    Philox (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3") turns a counter
    into 128 random bits, so the generator can begin anywhere in its sequence; with `seed`s of
    the other stateless functions of TensorFlow a batch of records has one place only.
    """
    counters = -(-columns // 2)
    first_counter = tf.cast(first_row, tf.uint64) * counters
    return tf.raw_ops.StatelessRandomUniformV2(
        shape=[rows, 2 * counters],
        key=tf.constant([seed], tf.uint64),
        counter=tf.stack([first_counter, tf.zeros_like(first_counter)]),
        alg=tf.random.Algorithm.PHILOX.value,
        dtype=tf.float64,
    )[:, :columns]
