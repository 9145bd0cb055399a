"""Text to record files in memory: instances dealt out to the files in turn."""

import numpy as np
import tensorflow as tf

from bert_tf.data.pretraining.in_memory import write_instances
from bert_tf.data.pretraining.options import PretrainingDataJob, PretrainingDataOptions
from bert_tf.data.pretraining.records import PretrainingRecords

OPTIONS = PretrainingDataOptions(max_seq_length=32, max_predictions_per_seq=5, dupe_factor=2)


def input_ids(path):
    records = tf.data.TFRecordDataset(path).map(PretrainingRecords(32, 5).parse)
    return [record["input_ids"].tolist() for record in records.as_numpy_iterator()]


def test_several_files_hold_in_turn_what_one_would(toy_vocab_file, write_text, random_documents, tmp_path):
    text = write_text(random_documents(9))

    def written(*names):
        outputs = tuple(str(tmp_path / name) for name in names)
        report = write_instances(PretrainingDataJob((text,), outputs, toy_vocab_file, options=OPTIONS))
        assert report.documents == 9 and report.written == outputs
        instances = [input_ids(path) for path in outputs]
        assert report.instances == sum(map(len, instances))
        return instances

    (alone,) = written("alone")
    first, second, third = written("a", "b", "c")
    assert (first, second, third) == (alone[::3], alone[1::3], alone[2::3])
    assert len(alone) > 9 and np.ptp([len(first), len(second), len(third)]) <= 1
