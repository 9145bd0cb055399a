"""Masking anew: Google's rules, over many random records."""

import numpy as np
import pytest
import tensorflow as tf

from bert_tf.data.pretraining.dynamic_masking import DynamicMasking, unmasked
from bert_tf.errors import UserError
from bert_tf.tokenization.vocabulary import CLS, MASK, SEP, SPECIAL_TOKENS, Vocabulary

LENGTH, PREDICTIONS, RECORDS = 64, 10, 4000
TOKENS = (*SPECIAL_TOKENS, *map(str, range(95)))
VOCABULARY = Vocabulary(TOKENS, {token: index for index, token in enumerate(TOKENS)})
MASKING = DynamicMasking(VOCABULARY)


def batch_of(lengths, max_seq_length=LENGTH, predictions=PREDICTIONS):
    """Unmasked records, with an own [SEP] in the middle and at the end, of the given numbers of tokens."""
    rng, count = np.random.default_rng(0), len(lengths)
    columns, ends = np.arange(max_seq_length), np.array(lengths)[:, None]
    ids = rng.integers(len(SPECIAL_TOKENS), len(TOKENS), (count, max_seq_length))
    ids[:, 0] = VOCABULARY.ids[CLS]
    ids[(columns == ends - 1) | (columns == ends // 2)] = VOCABULARY.ids[SEP]
    mask = columns < ends
    return {
        "input_ids": tf.constant(ids * mask, tf.int32),
        "input_mask": tf.constant(mask, tf.int32),
        "segment_ids": tf.constant((columns > ends // 2) & mask, tf.int32),
        "masked_lm_positions": tf.zeros([count, predictions], tf.int32),
        "masked_lm_ids": tf.zeros([count, predictions], tf.int32),
        "masked_lm_weights": tf.zeros([count, predictions]),
        "next_sentence_labels": tf.ones([count, 1], tf.int32),
    }


@pytest.fixture(scope="module")
def text():
    return batch_of(np.random.default_rng(1).integers(5, LENGTH + 1, RECORDS))


@pytest.fixture(scope="module")
def masked(text):
    return MASKING(text, 0, seed=3)


@pytest.fixture(scope="module")
def counts(masked):
    return masked["masked_lm_weights"].numpy() == 1


def at_positions(tokens, batch):
    return np.take_along_axis(tokens.numpy(), batch["masked_lm_positions"].numpy(), axis=1)


def test_the_text_can_be_restored_and_nothing_else_changes(text, masked):
    np.testing.assert_array_equal(unmasked(masked), text["input_ids"])
    for name in ("input_mask", "segment_ids", "next_sentence_labels"):
        np.testing.assert_array_equal(masked[name], text[name])
    for name, values in masked.items():
        assert values.dtype == text[name].dtype and values.shape == text[name].shape


def test_earlier_masks_do_not_matter(text, masked):
    again = MASKING(masked, 0, seed=3)
    for name, values in masked.items():
        np.testing.assert_array_equal(again[name], values)


def test_positions_ascend_are_words_and_end_in_zeros(text, masked, counts):
    positions = masked["masked_lm_positions"].numpy()
    both = counts[:, 1:]
    assert (np.diff(positions)[both] > 0).all()
    assert (np.diff(counts.astype(int)) <= 0).all()
    assert not positions[~counts].any() and not masked["masked_lm_ids"].numpy()[~counts].any()
    assert not masked["masked_lm_weights"].numpy()[~counts].any()
    labels = masked["masked_lm_ids"].numpy()[counts]
    np.testing.assert_array_equal(labels, at_positions(text["input_ids"], masked)[counts])
    assert not np.isin(labels, [VOCABULARY.ids[CLS], VOCABULARY.ids[SEP]]).any()
    assert at_positions(text["input_mask"], masked)[counts].all()


@pytest.mark.parametrize("share", [0.14, 0.15, 0.25])
def test_as_many_are_masked_as_python_rounds_to(share):
    lengths = np.arange(5, 129)
    masked = DynamicMasking(VOCABULARY, share)(batch_of(lengths, 128, 20), 0, seed=0)
    expected = [min(20, max(1, round(int(length) * share))) for length in lengths]
    np.testing.assert_array_equal(tf.reduce_sum(masked["masked_lm_weights"], axis=1), expected)


def test_no_more_are_masked_than_there_are_words():
    masked = DynamicMasking(VOCABULARY, 1.0)(batch_of([3, 4, 6], 8, predictions=12), 0, seed=0)
    np.testing.assert_array_equal(tf.reduce_sum(masked["masked_lm_weights"], axis=1), [0, 1, 3])
    np.testing.assert_array_equal(masked["masked_lm_positions"][2], [1, 2, 4] + [0] * 9)


def assert_share(hits, probability):
    """Within three standard errors."""
    assert abs(hits.mean() - probability) < 3 * np.sqrt(probability * (1 - probability) / hits.size)


def test_shares_of_masks_kept_tokens_and_random_pieces(masked, counts):
    seen = at_positions(masked["input_ids"], masked)[counts]
    labels = masked["masked_lm_ids"].numpy()[counts]
    pieces = len(VOCABULARY)
    assert seen.size > 15_000
    assert_share(seen == VOCABULARY.ids[MASK], 0.8 + 0.1 / pieces)
    assert_share(seen == labels, 0.1 + 0.1 / pieces)
    other = seen[(seen != VOCABULARY.ids[MASK]) & (seen != labels)]
    # Any other piece, special ones too, is as likely; one of these is the label about once in so many.
    assert set(other) == set(range(pieces)) - {VOCABULARY.ids[MASK]}
    assert_share(other < pieces // 2, (pieces // 2 - 1) / (pieces - 1))


def test_every_word_is_as_likely_to_be_masked():
    masked = MASKING(batch_of([40] * RECORDS), 0, seed=5)
    chosen = masked["masked_lm_positions"].numpy()[masked["masked_lm_weights"].numpy() == 1]
    frequencies = np.bincount(chosen, minlength=40)[:40] / RECORDS
    words = np.setdiff1d(np.arange(40), [0, 20, 39])
    probability = 6 / len(words)
    errors = (frequencies[words] - probability) / np.sqrt(probability * (1 - probability) / RECORDS)
    assert np.abs(errors).max() < 4
    assert 0.6 < errors.std() < 1.4


def test_masks_follow_from_seed_and_place_alone(text, masked):
    half = {name: values[1000:1500] for name, values in text.items()}
    for name, values in MASKING(half, 1000, seed=3).items():
        np.testing.assert_array_equal(values, masked[name][1000:1500])
    for first_record, seed in [(1001, 3), (1000 + RECORDS, 3), (1000, 4)]:
        other = MASKING(half, tf.constant(first_record, tf.int64), seed)
        same = other["masked_lm_positions"].numpy() == masked["masked_lm_positions"].numpy()[1000:1500]
        assert same.all(axis=1).mean() < 0.1


def test_a_piece_that_a_vocabulary_has_twice_counts_once():
    masking = DynamicMasking(Vocabulary((*SPECIAL_TOKENS, "", ""), {**VOCABULARY.ids, "": 6}))
    masked = masking(batch_of([20] * 50), 0, seed=0)
    assert int(tf.reduce_max(masked["input_ids"])) < len(TOKENS)


def test_shares_out_of_range_are_refused():
    with pytest.raises(UserError, match="^masked_lm_prob 15: give a value from 0 to 1$"):
        DynamicMasking(VOCABULARY, 15)
