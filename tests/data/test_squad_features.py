"""Rows by the thousand; tests/tasks/test_squad_parity.py compares them with Google's rules."""

import json

import numpy as np
import pytest

from bert_tf import UserError
from bert_tf.data import squad_features
from bert_tf.data.squad import read_squad
from bert_tf.data.squad_features import encode_squad
from bert_tf.data.squad_windows import WindowOptions
from bert_tf.tokenization.in_graph import InGraphTokenizer

WORDS = "the cat sat on a mat .".split()


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory):
    path = tmp_path_factory.mktemp("vocab") / "vocab.txt"
    path.write_text("\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS]) + "\n")
    return InGraphTokenizer(str(path))


@pytest.fixture
def examples(tmp_path):
    """Questions on paragraphs of 0 to 60 words, all of whose answers are the first cat."""

    def read(is_training=False):
        paragraphs = []
        for number in range(13):
            context = "the cat sat on a mat " * number
            answers = [{"text": "cat", "answer_start": 4}] if number else []
            qas = [
                {"id": f"{number}-{index}", "question": index * "the ", "answers": answers}
                for index in range(4 if number or not is_training else 0)
            ]
            paragraphs.append({"context": context, "qas": qas})
        path = tmp_path / "squad.json"
        path.write_text(json.dumps({"data": [{"paragraphs": paragraphs}]}))
        return read_squad(path, is_training)

    return read


OPTIONS = WindowOptions(max_seq_length=20, doc_stride=5, max_query_length=3)


@pytest.mark.parametrize("at_once", [1, 100])
def test_batches_change_nothing(monkeypatch, tokenizer, examples, at_once):
    """However much the windows of one question hold, no more of them are made at once than needed."""
    whole = encode_squad(tokenizer, examples(), OPTIONS)
    monkeypatch.setattr(squad_features, "_PIECES_AT_ONCE", at_once)
    parts = encode_squad(tokenizer, examples(), OPTIONS)
    for name in (
        "input_ids",
        "segment_ids",
        "row_splits",
        "question",
        "first",
        "offset",
        "max_context",
        "labels",
    ):
        np.testing.assert_array_equal(getattr(parts, name), getattr(whole, name), err_msg=name)


def test_too_many_windows_are_refused_before_they_are_made(monkeypatch, tokenizer, examples):
    encoded = encode_squad(tokenizer, examples(), OPTIONS)
    total = len(encoded.input_ids)
    monkeypatch.setattr(squad_features, "_MOST_PIECES", total)  # What is counted beforehand is what comes.
    encode_squad(tokenizer, examples(), OPTIONS)
    monkeypatch.setattr(squad_features, "_MOST_PIECES", total - 1)
    with pytest.raises(UserError, match=rf"the windows of 52 questions would hold {total:,} word pieces, "):
        encode_squad(tokenizer, examples(), OPTIONS)


def test_a_paragraph_of_which_there_are_too_many_windows(monkeypatch, tokenizer, examples):
    monkeypatch.setattr(squad_features, "_MOST_PIECES_OF_QUESTION", 200)
    with pytest.raises(
        UserError, match=r"those of one question \(0 GB\): raise --doc_stride or split the par"
    ):
        encode_squad(tokenizer, examples(), OPTIONS)


def test_counts(tokenizer, examples):
    assert encode_squad(tokenizer, examples(True), OPTIONS).num_borders == 0
    apart = encode_squad(tokenizer, examples(True), WindowOptions(20, 14, 3))
    # With three pieces in the question there is room for 14 in a window, else for more than the stride.
    assert apart.num_borders == sum(-(-6 * number // 14) - 1 for number in range(1, 13))
    assert (apart.num_unlabelled, apart.num_ambiguous) == (0, 0)
    # Windows of one piece do not hold "the cat" whole.
    narrow = examples(True)
    narrow.questions[0] = type(narrow.questions[0])(
        "x", "the the the", 1, ("the cat",), 0, 1, (0, 0), (1, None)
    )
    assert encode_squad(tokenizer, narrow, WindowOptions(7, 1, 3)).num_unlabelled == 1
