"""The features of instances given by hand."""

import numpy as np

from bert_tf.data.pretraining.corpus import Corpus
from bert_tf.data.pretraining.documents import Sentences
from bert_tf.data.pretraining.instance_table import InstanceTable
from bert_tf.data.pretraining.options import PretrainingDataOptions

OPTIONS = PretrainingDataOptions(max_seq_length=8, max_predictions_per_seq=3)


def test_features_by_hand_in_the_order_asked_for(toy_tokenizer):
    ids = np.arange(10, 20, dtype=np.uint16)
    corpus = Corpus([Sentences(ids, np.array([10], np.uint32))], np.uint16)
    table = InstanceTable(corpus, toy_tokenizer.vocabulary, OPTIONS)
    table.append((0, 2), (4, 1), False, [4], [30])
    table.append((7, 1), (0, 3), True, [5, 1], [31, 32])
    assert len(table) == 2
    (features,) = table.batches([1, 0])
    cls, sep = (toy_tokenizer.vocabulary.ids[token] for token in ("[CLS]", "[SEP]"))
    expected = {
        "input_ids": [[cls, 32, sep, 10, 11, 31, sep, 0], [cls, 10, 11, sep, 30, sep, 0, 0]],
        "input_mask": [[1] * 7 + [0], [1] * 6 + [0, 0]],
        "segment_ids": [[0, 0, 0, 1, 1, 1, 1, 0], [0, 0, 0, 0, 1, 1, 0, 0]],
        # By position, whatever order they were drawn in.
        "masked_lm_positions": [[1, 5, 0], [4, 0, 0]],
        "masked_lm_ids": [[17, 12, 0], [14, 0, 0]],
        "masked_lm_weights": [[1, 1, 0], [1, 0, 0]],
        "next_sentence_labels": [[1], [0]],
    }
    assert {name: values.tolist() for name, values in features.items()} == expected
