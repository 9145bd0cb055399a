"""Pretraining records: written and parsed by one specification."""

import numpy as np
import pytest
import tensorflow as tf

from bert_tf.data.pretraining.records import PretrainingRecords, compression_of
from bert_tf.data.record_files import RecordWriter, serialize_examples
from bert_tf.errors import UserError

SPEC = PretrainingRecords(max_seq_length=16, max_predictions_per_seq=3)


@pytest.fixture
def features():
    rng = np.random.default_rng(0)
    values = {name: rng.integers(0, 120_000, (4, length)) for name, length in SPEC.lengths.items()}
    values["masked_lm_weights"] = rng.integers(0, 2, (4, 3)).astype(np.float32)
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


def test_googles_records_fit_and_other_lengths_are_named(golden_dir):
    (path,) = map(str, (golden_dir.parent / "pretraining_data").iterdir())
    PretrainingRecords(128, 20).check(path)
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
