"""Streams of pretraining records: order, resumption, errors."""

import gzip
import itertools
import os

import numpy as np
import pytest
import tensorflow as tf

from bert_tf.data.pretraining.batches import damaged_files_named, pretraining_batches
from bert_tf.data.pretraining.dynamic_masking import DynamicMasking
from bert_tf.data.pretraining.records import PretrainingRecords
from bert_tf.data.record_files import RecordWriter
from bert_tf.errors import UserError
from bert_tf.tokenization.vocabulary import SPECIAL_TOKENS, Vocabulary

SPEC = PretrainingRecords(max_seq_length=8, max_predictions_per_seq=2)
LONGER = PretrainingRecords(max_seq_length=16, max_predictions_per_seq=2)
BATCH_SIZE = 6
TOKENS = (*SPECIAL_TOKENS, *map(str, range(1000)))
MASKING = DynamicMasking(Vocabulary(TOKENS, {token: index for index, token in enumerate(TOKENS)}))


def toy_records(numbers, spec=SPEC):
    """Records without padding, whose first token is the record's number."""
    features = {name: np.full((len(numbers), length), 7) for name, length in spec.lengths.items()}
    features["input_ids"][:, 0] = numbers
    for name in ("input_mask", "segment_ids", "next_sentence_labels"):
        features[name][:] = 1
    features["masked_lm_positions"][:] = [3, 0]
    features["masked_lm_weights"] = np.tile(np.float32([1, 0]), (len(numbers), 1))
    return spec.serialize(features)


@pytest.fixture
def write_files(tmp_path):
    """Writes records 0, 1, 2, … to files of the given sizes; every second file is compressed."""

    def write(*sizes):
        paths, numbers = [], iter(range(sum(sizes)))
        for index, size in enumerate(sizes):
            paths.append(str(tmp_path / f"{index}.tfrecord"))
            with RecordWriter(paths[-1], compress=index % 2 == 1) as writer:
                writer.write(toy_records(list(itertools.islice(numbers, size))))
        return paths

    return write


def batches(files, count, seed=1, **options):
    dataset = pretraining_batches(files, SPEC, BATCH_SIZE, seed, **options)
    return list(dataset.take(count).as_numpy_iterator())


def record_numbers(files, count, seed=1, **options):
    return np.array([batch["input_ids"][:, 0] for batch in batches(files, count, seed, **options)])


@pytest.mark.parametrize("shuffle", [True, False])
def test_batches_are_what_models_take(write_files, shuffle):
    dataset = pretraining_batches(tuple(write_files(5, 5)), SPEC, BATCH_SIZE, seed=0, shuffle=shuffle)
    lengths = {**SPEC.lengths}
    for name, spec in dataset.element_spec.items():
        assert spec.shape == (BATCH_SIZE, lengths.pop(name))
        assert spec.dtype == (tf.float32 if name == "masked_lm_weights" else tf.int32)
    assert not lengths


def test_nothing_keeps_the_end_of_the_batches_waiting(write_files):
    dataset = pretraining_batches(write_files(10), SPEC, BATCH_SIZE, seed=0)
    assert dataset.take(5).options().autotune.enabled is False


@pytest.mark.parametrize("sizes", [(60,), (7, 30, 1, 12, 10), (6,) * 10])
def test_each_epoch_sees_every_record_once_and_in_another_order(write_files, sizes):
    epochs = record_numbers(write_files(*sizes), 30, shuffle_buffer=20).reshape(3, 60)
    for epoch in epochs:
        assert sorted(epoch) == list(range(60))
        assert np.corrcoef(epoch, np.arange(60))[0, 1] < 0.9
    assert len({tuple(epoch) for epoch in epochs}) == 3


def test_the_files_come_in_another_order_in_each_epoch(write_files):
    epochs = record_numbers(write_files(*[6] * 20), 100, shuffle_buffer=1).reshape(5, 120)
    assert len({tuple(epoch[::16] // 6) for epoch in epochs}) == 5


@pytest.mark.parametrize("sizes", [(50,), (7, 30, 1, 12)])
@pytest.mark.parametrize("options", [{"shuffle_buffer": 20}, {"shuffle": False}, {"masking": MASKING}])
def test_a_resumed_run_gets_the_batches_it_would_have_had(write_files, sizes, options):
    files = write_files(*sizes)
    whole = batches(files, 36, **options)
    # In the first epoch, at a batch across its end, just behind it, and epochs later.
    for first_batch in (1, 8, 9, 33):
        resumed = batches(files, 3, first_batch=first_batch, **options)
        for expected, batch in zip(whole[first_batch:], resumed, strict=False):
            for name in SPEC.lengths:
                np.testing.assert_array_equal(batch[name], expected[name])


def test_the_order_follows_from_the_seed_alone(write_files):
    files = write_files(20, 20, 20)
    tf.random.set_seed(1)
    first = record_numbers(files, 20)
    tf.random.set_seed(2)
    np.testing.assert_array_equal(record_numbers(files, 20), first)
    assert (record_numbers(files, 20, seed=2) != first).any()
    assert (record_numbers(files, 20, seed=0) != first).any()


def test_evaluation_goes_through_the_files_in_order_without_end(write_files):
    numbers = record_numbers(write_files(5, 1, 3), 6, shuffle=False)
    np.testing.assert_array_equal(numbers.ravel(), np.arange(36) % 9)


def test_masks_differ_from_epoch_to_epoch(write_files):
    seen = batches(write_files(60), 20, shuffle=False, masking=MASKING)
    positions = np.concatenate([batch["masked_lm_positions"][:, 0] for batch in seen])
    assert (positions[:60] != positions[60:]).any()


def test_wrong_files_are_named_before_the_first_batch(tmp_path, write_files):
    good, bad = write_files(5)[0], str(tmp_path / "bad")
    for records, message in [
        ([], "no record"),
        (toy_records([0], LONGER), "records with 16 input_ids, but max_seq_length is 8: give"),
    ]:
        with RecordWriter(bad) as writer:
            writer.write(records)
        with pytest.raises(UserError, match=f"^{bad}: {message}[^\n]*$"):
            pretraining_batches([good, bad], SPEC, BATCH_SIZE, seed=0)
    with pytest.raises(UserError, match="^no files[^\n]*: give"):
        pretraining_batches([], SPEC, BATCH_SIZE, seed=0)


def cut_short(path):
    os.truncate(path, os.path.getsize(path) - 30)


def cut_short_compressed(path):
    with gzip.open(path) as file:
        within_the_last_record = file.read()[:-30]
    with open(path, "wb") as file:
        file.write(gzip.compress(within_the_last_record)[:-8])


def change_a_byte(path):
    with open(path, "r+b") as file:
        file.seek(-40, os.SEEK_END)
        file.write(bytes([file.read(1)[0] ^ 1]))


def append_record(path, record):
    records = [*tf.data.TFRecordDataset(path).as_numpy_iterator(), record]
    with RecordWriter(path) as writer:
        writer.write(records)


def append_longer_record(path):
    append_record(path, toy_records([0], LONGER)[0])


def append_impossible_record(path):
    example = tf.train.Example.FromString(toy_records([0])[0])
    example.features.feature["masked_lm_positions"].int64_list.value[0] = 1000
    append_record(path, example.SerializeToString())


@pytest.mark.parametrize(
    "spoil, index, message",
    [
        (cut_short, 0, "damaged"),
        (cut_short_compressed, 1, "damaged"),
        (change_a_byte, 0, "damaged"),
        (append_longer_record, 2, "record 21: 16 input_ids, but max_seq_length is 8"),
        (append_impossible_record, 2, "record 21: 1000 in masked_lm_positions, not from 0 to 7"),
        (os.remove, 2, "No such file"),
    ],
)
@pytest.mark.parametrize("options", [{}, {"shuffle": False}, {"masking": MASKING}])
def test_damage_that_shows_on_the_way_is_named_too(write_files, spoil, index, message, options):
    files = write_files(20, 20, 20)
    dataset = pretraining_batches(files, SPEC, BATCH_SIZE, seed=0, **options)
    spoil(files[index])
    with pytest.raises(UserError, match=f"^{files[index]}: {message}[^\n]*$"):
        with damaged_files_named(files, SPEC):
            for _ in dataset.take(20):
                pass


def test_damage_in_records_to_leave_out_is_named(write_files):
    files = write_files(20, 20)
    cut_short_compressed(files[1])
    with pytest.raises(UserError, match=f"^{files[1]}: damaged: "):
        pretraining_batches(files, SPEC, BATCH_SIZE, seed=0, first_batch=7)


def test_errors_that_are_not_the_files_stay_as_they_are(write_files):
    files = write_files(5)
    with pytest.raises(tf.errors.InvalidArgumentError, match="something else"):
        with damaged_files_named(files, SPEC):
            raise tf.errors.InvalidArgumentError(None, None, "something else")
