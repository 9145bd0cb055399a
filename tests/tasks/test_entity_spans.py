"""Entities in the graph against seqeval's, whose rules are conlleval's."""

import random

import pytest
import tensorflow as tf
from seqeval.metrics.sequence_labeling import get_entities

from bert_tf.tasks.entity_spans import entity_spans

LABELS = ["O", *(f"{prefix}-{name}" for name in ("a", "b-c") for prefix in "BIES")]


def spans_of(labels, texts):
    """(text, type, first, last, score) of each entity of texts of tags; word i has the score i."""
    numbers = tf.constant([labels.index(tag) for tags in texts for tag in tags], tf.int64)
    splits = tf.cumsum([0, *map(len, texts)])
    scores = tf.range(len(numbers), dtype=tf.float32)
    spans = entity_spans(labels, numbers, scores, tf.cast(splits, tf.int64))
    of_text = tf.RaggedTensor.from_row_splits(tf.range(len(spans.first)), spans.splits).value_rowids()
    columns = (of_text, spans.types, spans.first, spans.last, spans.scores)
    return [
        (text, name.decode(), first - splits[text], last - splits[text], score)
        for text, name, first, last, score in zip(*(column.numpy().tolist() for column in columns))
    ]


@pytest.mark.parametrize("labels", [LABELS, ["O", "B", "I"], ["O", "I-a", "B-a"], ["O", "I-b"]])
def test_against_seqeval(labels):
    rng = random.Random(1)
    texts = [rng.choices(labels, k=rng.choice([0, 1, 2, 5, 12])) for _ in range(2000)]
    expected = [
        (text, "" if name == "_" else name, first, last)
        for text, tags in enumerate(texts)
        for name, first, last in get_entities(tags)
    ]
    assert [span[:4] for span in spans_of(labels, texts)] == expected
    assert len(expected) > 1000


def test_scores_are_means():
    assert [score for *_, score in spans_of(["O", "B-a", "I-a"], [["B-a", "I-a", "O", "B-a"]])] == [0.5, 3.0]


def test_nothing():
    for texts in ([], [[]], [["O"], []]):
        assert spans_of(["O", "B-a"], texts) == []
