"""A pretraining run that is resumed: on the records it began with, or not at all. In this process."""

import dataclasses
import json
import os
import shutil

import pytest
import tensorflow as tf

from bert_tf import UserError
from bert_tf.data.pretraining.dynamic_masking import DynamicMasking
from bert_tf.data.record_files import RecordWriter
from bert_tf.tokenization.vocabulary import load_vocab
from bert_tf.training.pretraining import Pretraining, PretrainingOptions


@pytest.fixture
def start(toy, toy_config, tmp_path):
    """Starts, or resumes, a run on a copy of the toy records in a folder of the given name."""
    (tmp_path / "out").mkdir()
    for name in ("part0.tfrecord", "part1.tfrecord"):
        (tmp_path / "records").mkdir(exist_ok=True)
        shutil.copy(toy / name, tmp_path / "records")

    def start_run(num_train_steps, folder="records", masking=None, **changes):
        options = PretrainingOptions(
            output_dir=str(tmp_path / "out"),
            input_files=tuple(str(path) for path in sorted((tmp_path / folder).iterdir())),
            max_seq_length=12,
            max_predictions_per_seq=3,
            num_train_steps=num_train_steps,
            num_warmup_steps=1,
            train_batch_size=4,
        )
        run = Pretraining(toy_config, dataclasses.replace(options, **changes), masking)
        said = run.prepare_training()
        run.train()
        return said

    return start_run


def flip_a_sentence_label(path):
    """Another file of the same size, with right checksums."""
    records = list(tf.data.TFRecordDataset(str(path)).as_numpy_iterator())
    example = tf.train.Example.FromString(records[-1])
    label = example.features.feature["next_sentence_labels"].int64_list.value
    label[0] = 1 - label[0]
    size = os.path.getsize(path)
    with RecordWriter(path) as writer:
        writer.write([*records[:-1], example.SerializeToString(deterministic=True)])
    assert os.path.getsize(path) == size


def test_other_records_are_refused_and_moved_ones_are_not(start, tmp_path):
    assert start(2).startswith("Starting from random weights")
    shutil.move(tmp_path / "records", tmp_path / "moved")
    assert "Going on from" in start(3, "./moved/../moved")
    files = tuple(str(path) for path in sorted((tmp_path / "moved").iterdir()))
    with pytest.raises(UserError, match="the same files in another order: give .* --continue_training$"):
        start(4, "moved", input_files=files[::-1])
    flip_a_sentence_label(tmp_path / "moved" / "part1.tfrecord")
    for steps in (3, 4):  # Where all is done, too: the model would not be one of these records.
        with pytest.raises(UserError, match=r"another .*part1.tfrecord \(the same size, but other content\)"):
            start(steps, "moved")
    other = {"output_dir": str(tmp_path / "other"), "init_checkpoint": str(tmp_path / "out")}
    (tmp_path / "other").mkdir()
    assert "slots and step 3 included" in start(5, "moved", continue_training=True, **other)
    assert "Going on from" in start(6, "moved", continue_training=True, **other)


def test_a_run_begun_without_digests_goes_on(start, tmp_path):
    start(1)
    settings = tmp_path / "out" / "run_settings.json"
    noted = json.loads(settings.read_text())
    for name in ("input_data", "masked_lm_prob"):
        noted.pop(name, None)
    settings.write_text(json.dumps(noted))
    assert "Going on from" in start(2)
    assert len(json.loads(settings.read_text())["input_data"]) == 2


def test_masks_come_from_the_same_vocabulary_and_share(start, toy, tmp_path):
    vocabulary = load_vocab(str(toy / "vocab.txt"))
    start(1, masking=DynamicMasking(vocabulary))
    with pytest.raises(UserError, match="made with masked_lm_prob 0.15, this run has 0.2: "):
        start(2, masking=DynamicMasking(vocabulary, 0.2))
    (tmp_path / "vocab.txt").write_text((toy / "vocab.txt").read_text().replace("word7", "other"))
    with pytest.raises(UserError, match="made with vocab_file "):
        start(2, masking=DynamicMasking(load_vocab(str(tmp_path / "vocab.txt"))))
    assert "Going on from" in start(2, masking=DynamicMasking(vocabulary))
