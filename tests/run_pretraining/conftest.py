"""Toy records and short runs of run_pretraining.py for its tests."""

import numpy as np
import pytest

from bert_tf import BertConfig
from bert_tf.data.pretraining.records import PretrainingRecords

VOCABULARY = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *(f"word{number}" for number in range(35))]


@pytest.fixture(scope="session")
def pretraining(script):
    return script("run_pretraining.py")


@pytest.fixture(scope="session")
def write_records():
    """Writes a record file of given features and lengths."""

    def write_records_of(path, features, lengths):
        import tensorflow as tf

        path.parent.mkdir(parents=True, exist_ok=True)
        with tf.io.TFRecordWriter(str(path)) as writer:
            for record in PretrainingRecords(*lengths).serialize(features):
                writer.write(record)
        return path

    return write_records_of


@pytest.fixture(scope="session")
def flags():
    """Flags from their names and values; None leaves one out."""

    def flags_of(**values):
        return [f"--{name}={value}" for name, value in values.items() if value is not None]

    return flags_of


@pytest.fixture(scope="session")
def toy_config():
    return BertConfig(
        vocab_size=40,
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=24,
        max_position_embeddings=16,
        type_vocab_size=2,
    )


@pytest.fixture(scope="session")
def toy(write_records, toy_config, tmp_path_factory):
    """Two files of 60 records of 12 tokens, 3 of them masked, with a configuration and a vocabulary."""
    folder = tmp_path_factory.mktemp("toy")
    rng = np.random.default_rng(0)
    for number in range(2):
        ids = rng.integers(5, 40, size=(60, 12))
        ids[:, 0], ids[:, 5], ids[:, 11] = 2, 3, 3
        positions = np.tile([1, 4, 8], (60, 1))
        features = {
            "input_ids": np.where(np.isin(np.arange(12), [1, 4, 8]), 4, ids),
            "input_mask": np.ones_like(ids),
            "segment_ids": np.tile((np.arange(12) > 5).astype(int), (60, 1)),
            "masked_lm_positions": positions,
            "masked_lm_ids": ids[:, [1, 4, 8]],
            "masked_lm_weights": np.ones((60, 3), np.float32),
            "next_sentence_labels": rng.integers(0, 2, size=(60, 1)),
        }
        write_records(folder / f"part{number}.tfrecord", features, (12, 3))
    toy_config.to_json_file(folder / "bert_config.json")
    (folder / "vocab.txt").write_text("\n".join(VOCABULARY) + "\n")
    return folder


@pytest.fixture(scope="session")
def toy_flags(flags, toy):
    """The flags of a short run on the toy records, into a folder, with changes by name."""

    def toy_flags_for(output_dir, /, **changes):
        return flags(
            **{
                "input_file": toy / "part*.tfrecord",
                "bert_config_file": toy / "bert_config.json",
                "output_dir": output_dir,
                "max_seq_length": 12,
                "max_predictions_per_seq": 3,
                "do_train": True,
                "train_batch_size": 8,
                "learning_rate": 1e-3,
                "num_warmup_steps": 5,
                "num_train_steps": 60,
                "save_checkpoints_steps": 7,
                "deterministic": True,
                **changes,
            }
        )

    return toy_flags_for
