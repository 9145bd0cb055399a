"""Pretraining records: written and parsed by one specification."""

import dataclasses

import numpy as np
import pytest
import tensorflow as tf

from bert_tf.data.pretraining.record_checks import problem_of
from bert_tf.data.pretraining.records import PretrainingRecords, compression_of
from bert_tf.data.record_files import RecordWriter, serialize_examples
from bert_tf.errors import UserError

SPEC = PretrainingRecords(max_seq_length=16, max_predictions_per_seq=3)


@pytest.fixture
def features():
    rng = np.random.default_rng(0)
    lengths, limits = SPEC.lengths, {**SPEC.limits, "segment_ids": 2}
    values = {name: rng.integers(0, min(limits[name], 120_000), (4, lengths[name])) for name in limits}
    values["input_mask"][:, :12], values["input_mask"][:, 12:] = 1, 0
    values["masked_lm_positions"] = np.tile([3, 11, 0], (4, 1))
    values["masked_lm_weights"] = np.tile(np.float32([1, 1, 0]), (4, 1))
    return values


def write(path, records, compress=False):
    with RecordWriter(path, compress) as writer:
        writer.write(records)
    return str(path)


@pytest.mark.parametrize("compress", [False, True])
def test_what_is_written_is_parsed(tmp_path, features, compress):
    path = write(tmp_path / "x", SPEC.serialize(features), compress)
    SPEC.check(path)
    assert compression_of(path) == ("GZIP" if compress else "")
    dataset = tf.data.TFRecordDataset(path, compression_of(path)).batch(4).map(SPEC.parse)
    (parsed,) = dataset.as_numpy_iterator()
    assert set(parsed) == set(features)
    for name, values in features.items():
        assert parsed[name].dtype == (np.float32 if name == "masked_lm_weights" else np.int32)
        np.testing.assert_array_equal(parsed[name], values)


IMPOSSIBLE = {
    "position beyond the length": (
        "masked_lm_positions",
        1000,
        "1000 in masked_lm_positions, not from 0 to 15",
    ),
    "position just beyond": ("masked_lm_positions", 16, "16 in masked_lm_positions, not from 0 to 15"),
    "position below 0": ("masked_lm_positions", -1, "-1 in masked_lm_positions, not from 0 to 15"),
    "position of padding": (
        "masked_lm_positions",
        12,
        "12 in masked_lm_positions, where input_mask says padding",
    ),
    "id below 0": ("input_ids", -1, "-1 in input_ids, not from 0 to 119999"),
    "id of a larger vocabulary": ("input_ids", 120_000, "120000 in input_ids, but vocab_size is 120000"),
    "id that int32 cuts to 5": ("input_ids", 2**32 + 5, "4294967301 in input_ids, but vocab_size is 120000"),
    "largest of all ids": ("input_ids", 2**63 - 1, "9223372036854775807 in input_ids, but vocab_size"),
    "label of a larger vocabulary": ("masked_lm_ids", 120_000, "120000 in masked_lm_ids, but vocab_size"),
    "label below 0": ("masked_lm_ids", -(2**63), "-9223372036854775808 in masked_lm_ids, not from 0"),
    "segment beyond the table": ("segment_ids", 2, "2 in segment_ids, but type_vocab_size is 2"),
    "segment below 0": ("segment_ids", -1, "-1 in segment_ids, not from 0 to 1"),
    "mask of 2": ("input_mask", 2, "2 in input_mask, not from 0 to 1"),
    "mask of -1": ("input_mask", -1, "-1 in input_mask, not from 0 to 1"),
    "third sentence label": ("next_sentence_labels", 2, "2 in next_sentence_labels, not from 0 to 1"),
    "sentence label below 0": ("next_sentence_labels", -1, "-1 in next_sentence_labels, not from 0 to 1"),
    "no weight": ("masked_lm_weights", np.nan, "nan in masked_lm_weights, neither 0 nor 1"),
    "endless weight": ("masked_lm_weights", np.inf, "inf in masked_lm_weights, neither 0 nor 1"),
    "weight below 0": ("masked_lm_weights", -1, "-1.0 in masked_lm_weights, neither 0 nor 1"),
    "weight of 0.5": ("masked_lm_weights", 0.5, "0.5 in masked_lm_weights, neither 0 nor 1"),
}
LIMITED = dataclasses.replace(SPEC, vocab_size=120_000, type_vocab_size=2)


def examples(features):
    """Serialized by TensorFlow, which writes any number that the format can hold."""
    records = []
    for row in range(len(features["input_ids"])):
        example = tf.train.Example()
        for name, values in features.items():
            kind = "float_list" if values.dtype.kind == "f" else "int64_list"
            getattr(example.features.feature[name], kind).value.extend(values[row].tolist())
        records.append(example.SerializeToString())
    return records


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_impossible_values_are_refused_and_told(features, name):
    feature, value, message = IMPOSSIBLE[name]
    good = examples(features)
    LIMITED.parse(tf.constant(good))
    features[feature][2, 0] = value
    bad = examples(features)
    with pytest.raises(tf.errors.InvalidArgumentError):
        LIMITED.parse(tf.constant(bad))
    assert [problem_of(record, LIMITED) is None for record in bad] == [True, True, False, True]
    problem = problem_of(bad[2], LIMITED)
    assert problem.startswith(message) and ": " in problem.removeprefix(message)


def test_records_of_other_features_are_told(features):
    texts = {**features, "input_ids": features["input_ids"].astype(np.float32)}
    fewer = {**features, "masked_lm_ids": features["masked_lm_ids"][:, :2]}
    more = {**features, "next_sentence_labels": np.zeros((4, 2), int)}
    missing = {name: values for name, values in features.items() if name != "segment_ids"}
    empty = {**features, "input_mask": features["input_mask"][:, :0]}
    for wrong, message in [
        (texts, "input_ids holds floating point numbers, not whole numbers: "),
        (fewer, "2 masked_lm_ids, but max_predictions_per_seq is 3: "),
        (more, "2 next_sentence_labels, but needs 1: "),
        (missing, "without segment_ids: "),
        (empty, "0 input_mask, but max_seq_length is 16: "),
    ]:
        record = examples(wrong)[0]
        with pytest.raises(tf.errors.InvalidArgumentError):
            SPEC.parse(tf.constant([record]))
        assert problem_of(record, SPEC).startswith(message)
    assert problem_of(b"\xff\xff", SPEC).startswith("no tf.train.Example: ")


def test_the_first_record_is_checked_for_its_values_too(tmp_path, features):
    features["masked_lm_positions"][0, 0] = 1000
    path = write(tmp_path / "x", examples(features))
    with pytest.raises(UserError, match=f"^{path}: record 1: 1000 in masked_lm_positions[^\n]*: make "):
        SPEC.check(path)


def test_googles_records_fit_and_other_lengths_are_named(golden_dir):
    (path,) = map(str, (golden_dir.parent / "pretraining_data").iterdir())
    googles = PretrainingRecords(128, 20, vocab_size=30522, type_vocab_size=2)
    googles.check(path)
    for _ in tf.data.TFRecordDataset(path).batch(100).map(googles.parse):
        pass
    with pytest.raises(UserError, match="records with 128 input_ids, but max_seq_length is 512: give"):
        PretrainingRecords(512, 20).check(path)
    with pytest.raises(UserError, match="20 masked_lm_positions, but max_predictions_per_seq is 76: give"):
        PretrainingRecords(128, 76).check(path)


def test_other_files_are_refused(tmp_path, features):
    damaged = write(tmp_path / "damaged", SPEC.serialize(features))
    with open(damaged, "r+b") as file:
        file.seek(20)
        file.write(b"\xff\xff")
    other = serialize_examples({name: values for name, values in features.items() if name != "segment_ids"})
    (tmp_path / "text").write_text("One sentence a line.\n" * 3)
    for path, message in [
        (damaged, "no TFRecord file of examples, or a damaged one"),
        (str(tmp_path / "text"), "no TFRecord file of examples, or a damaged one"),
        (write(tmp_path / "not examples", [b"\xff\xff"]), "no TFRecord file of examples"),
        (write(tmp_path / "empty", []), "no record"),
        (write(tmp_path / "other", other), "records without segment_ids"),
        (str(tmp_path / "none"), "No such file"),
    ]:
        with pytest.raises(UserError, match=rf"^{path}: {message}.*: give "):
            SPEC.check(path)
