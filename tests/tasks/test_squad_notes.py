"""The lines on questions that are not what they seem."""

import json

import pytest

from bert_tf.data.squad import read_squad
from bert_tf.tasks.squad import Squad, SquadOptions
from bert_tf.tasks.squad_notes import encoding_notes, training_notes
from bert_tf.tokenization.in_graph import InGraphTokenizer

CONTEXT = "The cat sat on the mat, and the cat sat."


def notes_on(tmp_path, qas, **options):
    """What is said of a training file, without its path in front."""
    options = SquadOptions("vocab.txt", **options)
    path = tmp_path / "train.json"
    path.write_text(json.dumps({"data": [{"paragraphs": [{"context": CONTEXT, "qas": qas}]}]}))
    examples = read_squad(path, True, options.version_2_with_negative)
    return [note.removeprefix(f"{path}: ") for note in training_notes(path, examples, options)]


def qa(text, start, is_impossible=False, **others):
    answers = [{"text": text, "answer_start": start}] if text else []
    return {"id": "1", "question": "Who?", "answers": answers, "is_impossible": is_impossible, **others}


def test_nothing_to_say(tmp_path):
    assert notes_on(tmp_path, [qa("cat", 4), qa("sat", 8)]) == []
    assert notes_on(tmp_path, [qa("cat", 4), qa(None, 0, True)], version_2_with_negative=True) == []


def test_answers_near_by(tmp_path):
    qas = [qa("cat", 4), qa("at", 4)]
    (note,) = notes_on(tmp_path, qas)
    assert note.startswith("1 answers are not quite where answer_start says") and note.endswith(
        "nearest to it"
    )
    assert notes_on(tmp_path, qas, label_first_occurrence=True) == []


def test_only_impossible_questions(tmp_path):
    assert notes_on(tmp_path, [qa(None, 0, True)] * 2, version_2_with_negative=True) == [
        "no question has an answer: the model will learn to find none in any paragraph"
    ]


def test_impossible_questions_with_an_answer(tmp_path):
    (note,) = notes_on(tmp_path, [qa("cat", 4), qa("sat", 8, True)])
    assert note.startswith("1 questions are marked is_impossible, but trained on with the answers they have")


def test_half_characters(tmp_path):
    (note,) = notes_on(tmp_path, [qa("cat", 4, question="\ud83d\ud83d who")])
    assert note == "2 halves of characters (cut-off emoji) read as U+FFFD"


def test_long_texts_are_not_shown_whole(tmp_path):
    said = notes_on(tmp_path, [qa("cat", 4), qa("x" * 9000, 0)], verbose_logging=True)
    assert len(said) == 2 and len(said[1]) < 450


@pytest.mark.parametrize("is_training", [False, True])
def test_rows(is_training):
    class Encoded:
        num_cut_questions, num_borders, num_ambiguous, num_unlabelled = 1, 2, 3, 4

        class examples:
            pass

    Encoded.examples.is_training = is_training
    Encoded.examples.__len__ = lambda self: 9
    encoded = Encoded()
    encoded.examples = Encoded.examples()
    notes = [note.split(" ")[0] for note in encoding_notes(encoded, SquadOptions("vocab.txt"))]
    assert notes == (["1", "2", "3", "4"] if is_training else ["1", "2"])


# The cases of users: an answer that is in its paragraph twice, in languages with and without blanks.
TWICE = [
    ("北京是中国的首都。小王去年搬到了上海,今年又搬回了北京。", "北京", 25),
    ("東京は日本の首都です。大阪から東京まで新幹線で行きました。", "東京", 15),
    ("the cat sat on a cat .", "cat", 17),
]


@pytest.mark.parametrize("google", [False, True])
def test_answers_are_labelled_where_they_start(tmp_path, google):
    letters = sorted({*"".join(context for context, _, _ in TWICE[:2])})
    (tmp_path / "vocab.txt").write_text(
        "\n".join(
            [
                "[PAD]",
                "[UNK]",
                "[CLS]",
                "[SEP]",
                "[MASK]",
                *letters,
                *(f"##{x}" for x in letters),
                "the",
                "cat",
                "sat",
                "on",
                "a",
                ".",
            ]
        ),
        encoding="utf-8",
    )
    paragraphs = [
        {
            "context": context,
            "qas": [{"id": text, "question": "", "answers": [{"text": text, "answer_start": start}]}],
        }
        for context, text, start in TWICE
    ]
    path = tmp_path / "train.json"
    path.write_text(json.dumps({"data": [{"paragraphs": paragraphs}]}))
    said = []
    options = SquadOptions(
        str(tmp_path / "vocab.txt"), train_file=str(path), label_first_occurrence=google, do_lower_case=False
    )
    task = Squad(options, said.append)
    encoded = task.encode(InGraphTokenizer(options.vocab_file, False), task.examples("train"), 384)
    starts = [[0, 1], [0, 1], [5, 5]] if google else [[25, 26], [15, 16], [5, 5]]
    assert (encoded.labels - encoded.offset[:, None]).tolist() == starts
    assert len(said) == 1 and said[0].startswith("2 of 3 answers labelled at ")
    assert f"(--label_first_occurrence={'false' if google else 'true'})" in said[0]
