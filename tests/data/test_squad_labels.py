"""Which pieces are labelled; tests/tasks/test_squad_parity.py compares Google's way with its rules."""

import dataclasses
import json
import random

import numpy as np
import pytest

from bert_tf.data import squad_labels
from bert_tf.data.squad import read_squad, split_words
from bert_tf.data.squad_labels import answer_spans
from bert_tf.data.word_pieces import tokenize_by_words
from bert_tf.tokenization.in_graph import InGraphTokenizer

PIECES = [*"北京是中国的首都。小王去年搬到了上海,今又回", *"a ##b ##c bc rome is . - / 19 ##90 ##s".split()]


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory):
    path = tmp_path_factory.mktemp("vocab") / "vocab.txt"
    path.write_text(
        "\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *PIECES]) + "\n", encoding="utf-8"
    )
    return InGraphTokenizer(str(path))


@pytest.fixture
def spans_of(tokenizer, tmp_path):
    """From contexts with an answer and its start each to `AnswerSpans`."""

    def spans(*rows):
        paragraphs = [
            {
                "context": context,
                "qas": [
                    {"id": "1", "question": "", "answers": [{"text": answer, "answer_start": start}]},
                ],
            }
            for context, answer, start in rows
        ]
        path = tmp_path / "squad.json"
        path.write_text(json.dumps({"data": [{"paragraphs": paragraphs}]}))
        examples = read_squad(path, is_training=True)
        assert not examples.skipped
        return answer_spans(
            tokenizer, examples, tokenize_by_words(tokenizer, split_words, examples.paragraphs)
        )

    return spans


CHINESE = "北京是中国的首都。小王去年搬到了上海,今年又搬回了北京。"


@pytest.mark.parametrize(
    ("context", "answer", "start", "by_offset", "by_occurrence"),
    [
        (CHINESE, "北京", 25, (25, 26), (0, 1)),
        (CHINESE, "北京", 0, (0, 1), (0, 1)),
        (CHINESE, "北京", 24, (25, 26), (0, 1)),  # One less than it should be.
        ("是 " + CHINESE, "北京", 27, (26, 27), (1, 2)),
        ("rome/rome.", "rome", 5, (2, 2), (0, 0)),  # Twice in what blanks make one word.
        ("a rome, rome.", "rome", 8, (3, 3), (3, 3)),  # Two words: the word at the offset.
        ("是1990s-北京", "90", 3, (2, 2), (0, 6)),  # No piece of a whole "90": Google takes the paragraph.
        ("rome is 1990s.", "1990", 8, (2, 3), (2, 3)),
        ("rome is 1990s.", "990", 9, (2, 3), (2, 5)),
        ("rome abc", "bc", 6, (2, 3), (1, 3)),
        ("rome is", "rome ", 0, (0, 0), (0, 0)),
        ("rome is", " is", 4, (1, 1), (1, 1)),
        ("rome  is", "rome is", 0, (0, 1), (0, 1)),  # Found by its words only.
        ("rome \u200b is", "\u200b", 5, (1, 0), (1, 0)),  # Nothing of it is left.
    ],
)
def test_one_answer(spans_of, context, answer, start, by_offset, by_occurrence):
    spans = spans_of((context, answer, start))
    assert tuple(spans.by_offset[0]) == by_offset and tuple(spans.by_occurrence[0]) == by_occurrence
    assert spans.num_different == (by_offset != by_occurrence)


@pytest.mark.parametrize("at_once", [1, 50, 1 << 16])
def test_characters_of_one_piece_each(spans_of, monkeypatch, at_once):
    monkeypatch.setattr(squad_labels, "_CHARACTERS_AT_ONCE", at_once)
    rng = random.Random(4)
    rows, expected = [], []
    for _ in range(40):
        context = "".join(rng.choice("北京是 ") for _ in range(30))
        solid = [place for place, character in enumerate(context) if character != " "]
        first = rng.randrange(len(solid) - 1)
        last = first + rng.randrange(2)
        rows.append((context, context[solid[first] : solid[last] + 1], solid[first]))
        expected.append((first, last))
    spans = spans_of(*rows)
    np.testing.assert_array_equal(spans.by_offset, expected)
    assert 0 < spans.num_different < 40


def test_without_answers(tokenizer, tmp_path):
    path = tmp_path / "squad.json"
    question = {"id": "1", "question": "?", "answers": [], "is_impossible": True}
    path.write_text(json.dumps({"data": [{"paragraphs": [{"context": "rome", "qas": [question]}]}]}))
    examples = read_squad(path, True, version_2_with_negative=True)
    spans = answer_spans(tokenizer, examples, tokenize_by_words(tokenizer, split_words, examples.paragraphs))
    assert [array.tolist() for array in dataclasses.astuple(spans)] == [[[-1, -1]]] * 2


def test_real_answers(bert_tf_data):
    """In English both ways agree, but for answers that are parts of words: "1" of "1875"."""
    tokenizer = InGraphTokenizer(str(bert_tf_data / "vocabs" / "uncased" / "vocab.txt"))
    examples = read_squad(bert_tf_data / "squad" / "dev-v1.1.json", is_training=False)
    paragraphs = tokenize_by_words(tokenizer, split_words, examples.paragraphs)
    spans = answer_spans(tokenizer, examples, paragraphs)
    assert len(examples) == 10570 and spans.num_different == 11
    shorter = np.diff(spans.by_offset) < np.diff(spans.by_occurrence)
    assert np.count_nonzero(shorter) == 11
