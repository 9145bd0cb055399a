"""Order, grouping and padding of batches."""

import dataclasses

import numpy as np
import pytest
import tensorflow as tf

from bert_tf.data.pipelines import EncodedExamples, encode_examples, padded_batches, training_order

LENGTHS = np.random.default_rng(0).integers(3, 120, size=1000)


def average_padded_length(order):
    return LENGTHS[order].max(axis=1).mean()


@pytest.mark.parametrize("group_by_length", [True, False])
def test_each_epoch_sees_every_example_once(group_by_length):
    order = training_order(LENGTHS, batch_size=40, num_steps=75, seed=1, group_by_length=group_by_length)
    for epoch in range(3):
        assert sorted(order[25 * epoch : 25 * epoch + 25].ravel()) == list(range(1000))
    assert not np.array_equal(order[:25], order[25:50])


def test_batches_span_epochs_that_they_do_not_divide():
    order = training_order(LENGTHS, batch_size=32, num_steps=int(1000 / 32 * 3), seed=1)
    assert order.shape == (93, 32)
    counts = np.bincount(order.ravel(), minlength=1000)
    assert counts.sum() == 93 * 32 and counts.max() == 3 and counts.min() >= 2


def test_grouping_saves_padding_and_keeps_batches_in_random_order():
    grouped = training_order(LENGTHS, 10, 100, seed=1)
    drawn = training_order(LENGTHS, 10, 100, seed=1, group_by_length=False)
    assert average_padded_length(grouped) < LENGTHS.mean() + 4
    assert average_padded_length(drawn) > LENGTHS.mean() + 30
    longest = LENGTHS[grouped].max(axis=1)
    assert abs(np.corrcoef(longest, np.arange(100))[0, 1]) < 0.3


def test_the_first_steps_do_not_depend_on_how_many_follow():
    whole = training_order(LENGTHS, 32, 90, seed=5)
    for num_steps in (1, 20, 31, 32, 63, 89):
        np.testing.assert_array_equal(training_order(LENGTHS, 32, num_steps, seed=5), whole[:num_steps])


def test_seeds_differ():
    assert not np.array_equal(
        training_order(LENGTHS, 32, 30, seed=1), training_order(LENGTHS, 32, 30, seed=2)
    )


def test_batches_larger_than_the_data():
    order = training_order(np.array([5, 6, 7]), batch_size=8, num_steps=3, seed=0)
    assert np.bincount(order.ravel()).tolist() == [8, 8, 8]


def encoded_examples(labels=np.array([1, 0, 2], np.int32)):
    ids = [[2, 7, 3], [2, 8, 9, 10, 3, 11, 12, 13, 3], [2, 3]]
    segments = [[0, 0, 0], [0, 0, 0, 0, 0, 1, 1, 1, 1], [0, 0]]
    splits = np.concatenate([[0], np.cumsum([len(row) for row in ids])])
    return EncodedExamples(
        np.concatenate(ids).astype(np.int32), np.concatenate(segments).astype(np.int32), splits, labels, 0
    )


def test_pads_as_far_as_needed():
    first, last = padded_batches(encoded_examples(), [2, 0, 1], batch_size=2)
    np.testing.assert_array_equal(first["input_ids"], [[2, 3, 0, 0], [2, 7, 3, 0]])
    np.testing.assert_array_equal(first["input_mask"], [[1, 1, 0, 0], [1, 1, 1, 0]])
    np.testing.assert_array_equal(first["labels"], [2, 1])
    assert last["input_ids"].shape == (1, 12)
    np.testing.assert_array_equal(last["segment_ids"][0, :10], [0, 0, 0, 0, 0, 1, 1, 1, 1, 0])
    lengths = [
        batch["input_ids"].shape[1] for batch in padded_batches(encoded_examples(), [2, 0, 1], 1, None, 2)
    ]
    assert lengths == [2, 4, 10]


def test_pads_to_a_fixed_length():
    dataset = padded_batches(encoded_examples(labels=None), [0, 1, 2], batch_size=3, pad_to=20)
    assert dataset.element_spec["input_ids"].shape.as_list() == [None, 20]
    (batch,) = dataset
    assert set(batch) == {"input_ids", "input_mask", "segment_ids"}
    np.testing.assert_array_equal(tf.reduce_sum(batch["input_mask"], axis=1), [3, 9, 2])


def test_nothing_keeps_the_end_of_the_batches_waiting():
    dataset = padded_batches(encoded_examples(), [2, 0, 1], batch_size=2)
    assert dataset.repeat().take(5).options().autotune.enabled is False


@dataclasses.dataclass
class Texts:
    text_a: list
    text_b: list
    labels: object


def test_choices_stay_together():
    encoded = EncodedExamples(
        input_ids=np.arange(1, 12, dtype=np.int32),
        segment_ids=np.zeros(11, np.int32),
        row_splits=np.array([0, 2, 3, 6, 7, 9, 11]),
        labels=np.array([1, 0, 1], np.int32),
        num_truncated=0,
        num_choices=2,
    )
    assert len(encoded) == 3 and encoded.lengths.tolist() == [2, 3, 2]
    (batch,) = padded_batches(encoded, [2, 0], 2, pad_to=3)
    assert batch["input_ids"].numpy().tolist() == [[[8, 9, 0], [10, 11, 0]], [[1, 2, 0], [3, 0, 0]]]
    assert batch["input_mask"].numpy().tolist() == [[[1, 1, 0], [1, 1, 0]], [[1, 1, 0], [1, 0, 0]]]
    assert batch["labels"].numpy().tolist() == [1, 1]


def test_token_labels_are_padded_with_none():
    encoded = encoded_examples(labels=None)
    token_labels = np.arange(len(encoded.input_ids), dtype=np.int32)
    encoded = dataclasses.replace(encoded, token_labels=token_labels)
    (batch,) = padded_batches(encoded, [2, 0], 2)
    first = encoded.row_splits[2]
    assert batch["labels"].numpy().tolist() == [[first, first + 1, -1, -1], [0, 1, 2, -1]]
    assert batch["labels"].dtype == tf.int32 and "token_labels" not in batch


def test_encodes_many_rows_in_order():
    texts = Texts([str(number) for number in range(3000)], [""] * 3000, None)

    def encode(text_a, text_b):
        numbers = tf.strings.to_number(text_a, tf.int32)
        ids = tf.RaggedTensor.from_row_lengths(tf.repeat(numbers, 1 + numbers % 3), 1 + numbers % 3)
        return ids, tf.zeros_like(ids), numbers >= 2990

    encoded = encode_examples(encode, texts)
    assert len(encoded) == 3000 and encoded.num_truncated == 10
    np.testing.assert_array_equal(encoded.lengths, 1 + np.arange(3000) % 3)
    np.testing.assert_array_equal(encoded.input_ids[encoded.row_splits[:-1]], np.arange(3000))


def test_several_rows_of_an_example_share_its_label():
    texts = Texts([str(number) for number in range(2000)], [""] * 2000, np.arange(2000, dtype=np.int32))

    def encode(text_a, text_b):
        numbers = tf.strings.to_number(text_a, tf.int32)
        counts = tf.cast(1 + numbers % 3, tf.int64)
        ids = tf.expand_dims(tf.repeat(numbers, counts), 1)
        ids = tf.RaggedTensor.from_tensor(ids)
        return ids, tf.zeros_like(ids), numbers < 0, counts

    encoded = encode_examples(encode, texts)
    assert len(encoded) == sum(1 + number % 3 for number in range(2000)) and len(encoded.labels) == 2000
    np.testing.assert_array_equal(encoded.row_examples, encoded.input_ids)
    (batch,) = padded_batches(encoded, [5, 0, len(encoded) - 1], 3)
    assert batch["labels"].numpy().tolist() == batch["input_ids"][:, 0].numpy().tolist() == [2, 0, 1999]
