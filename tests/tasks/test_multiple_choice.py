"""Questions with choices: SWAG's files and a user's own, their sequences, their answers."""

import csv
import json

import numpy as np
import pytest

from bert_tf import InGraphTokenizer
from bert_tf.data.pipelines import EncodedExamples
from bert_tf.errors import UserError
from bert_tf.tasks.multiple_choice import UserChoices
from bert_tf.tasks.swag import Swag
from bert_tf.tasks.texts import Examples

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "who", "sat", "cats", "dogs", "did"]
ROWS = [
    {"question": "who sat", "choices": ["cats", "dogs did"], "answer": 1, "id": "q7"},
    {"question": "who", "choices": ["dogs", "cats"], "answer": "dogs", "id": 8},
]


def written(tmp_path, *rows):
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(row if isinstance(row, str) else json.dumps(row) + "\n" for row in rows))
    return str(path)


def test_rows(tmp_path):
    path = written(tmp_path, *ROWS)
    task = UserChoices(train_file=path, predict_file=path)
    examples = task.examples("train")
    assert (examples.ids, examples.text_a) == (["q7", "8"], ["who sat", "who"])
    assert examples.text_b == [["cats", "dogs did"], ["dogs", "cats"]]
    assert examples.labels.tolist() == [1, 0] and examples.labels.dtype == np.int32
    assert task.examples("test").labels is None


def test_rows_without_answers_and_ids(tmp_path):
    path = written(tmp_path, {"question": "who", "choices": ["a", "b"]})
    assert UserChoices(predict_file=path).examples("test").ids == ["0"]
    with pytest.raises(
        UserError, match="rows.jsonl:1: no 'answer' among question, choices: complete the row"
    ):
        UserChoices(eval_file=path).examples("dev")


@pytest.mark.parametrize(
    "row, message",
    [
        ({"choices": ["a", "b", "c"]}, "2: 3 choices where the first row has 2: give every row as many"),
        ({"choices": ["a"]}, "2: 1 choices: give at least two"),
        ({"choices": "ab"}, "2: 'choices' holds no list of texts: write "),
        ({"answer": 2}, "2: 'answer' is 2: give the right choice's number, from 0 to 1, or its text"),
        ({"answer": "A"}, "2: 'answer' is 'A': give the right choice's number"),
        ({"answer": 0.5}, "2: 'answer' is 0.5: give the right choice's number"),
        ({"answer": 10**4000}, "2: 'answer' is 1000000000"),
        (
            {"choices": ["a", "a"], "answer": "a"},
            "2: the choice 'a', the 'answer', is there twice: give its nu",
        ),
        ({"answer": True}, "2: 'answer' is True: give the right choice's number"),
        ({"question": ["a"]}, "2: 'question' holds a list where a text is expected: change it"),
        ({"id": "a\tb"}, r"2: the id 'a\tb' holds a tab or a line end: remove it"),
        ("{bad\n", "2: not JSON (Expecting property name"),
    ],
)
def test_wrong_rows(tmp_path, row, message):
    row = row if isinstance(row, str) else {**ROWS[1], **row}
    with pytest.raises(UserError) as error:
        UserChoices(train_file=written(tmp_path, ROWS[0], row)).examples("train")
    assert f"rows.jsonl:{message}" in str(error.value)


def test_answers_are_said_with_their_counts(tmp_path, capsys):
    path = written(tmp_path, *ROWS, {**ROWS[1], "answer": 0.0})
    assert UserChoices(train_file=path).examples("train").labels.tolist() == [1, 0, 0]
    assert capsys.readouterr().out == f"{path}: 2 answers: 0 (2), 1 (1)\n"


def test_half_characters_are_replaced(tmp_path, capsys):
    path = written(
        tmp_path, {"id": "a\ud83d", "question": "so \ud83d", "choices": ["\ud83d", "b"], "answer": 1}
    )
    examples = UserChoices(train_file=path).examples("train")
    assert (examples.ids, examples.text_a) == (["a\ufffd"], ["so \ufffd"])
    assert examples.text_b == [["\ufffd", "b"]]
    assert (
        f"{path}: 3 half characters (as of a cut-off emoji) are read as U+FFFD\n" in capsys.readouterr().out
    )


def test_an_id_that_the_first_row_does_not_have(tmp_path):
    path = written(tmp_path, {"question": "who", "choices": ["a", "b"]}, ROWS[0])
    with pytest.raises(UserError, match="rows.jsonl:1: no 'id' among question, choices: complete the row"):
        UserChoices(predict_file=path).examples("test")


def test_a_file_that_was_not_given():
    with pytest.raises(UserError, match="--eval_file is missing: give a file of one JSON object a line"):
        UserChoices(train_file="x").examples("dev")


def test_swag(tmp_path):
    header = ",video-id,fold-ind,startphrase,sent1,sent2,gold-source,ending0,ending1,ending2,ending3"
    row = '0,anet,17,"He sits. He","He sits, then.",He,gold,stands.,"runs, ""fast"".",eats.,"sings."'
    (tmp_path / "val.csv").write_text(f"{header},label\n{row},2\n")
    (tmp_path / "test.csv").write_text(f"{header}\n{row}\n")
    dev, test = Swag().examples("dev", tmp_path), Swag().examples("test", tmp_path)
    assert dev.text_a == ["He sits, then."]
    assert dev.text_b == test.text_b == [["He stands.", 'He runs, "fast".', "He eats.", "He sings."]]
    assert (dev.labels.tolist(), test.labels, dev.ids) == ([2], None, ["0"])
    (tmp_path / "train.csv").write_text(f"{header},label\n{row},4\n")
    with pytest.raises(UserError, match="train.csv:2: label '4' is not one of 0, 1, 2, 3: correct the row"):
        Swag().examples("train", tmp_path)


@pytest.fixture
def tokenizer(tmp_path):
    (tmp_path / "vocab.txt").write_text("\n".join(WORDS) + "\n")
    return InGraphTokenizer(str(tmp_path / "vocab.txt"))


def test_each_choice_is_a_sequence_with_the_question(tmp_path, tokenizer):
    examples = UserChoices(train_file=written(tmp_path, *ROWS)).examples("train")
    encoded = UserChoices().encode(tokenizer, examples, 6)
    rows = np.split(encoded.input_ids, encoded.row_splits[1:-1])
    assert [row.tolist() for row in rows] == [
        [2, 5, 6, 3, 7, 3],
        [2, 5, 6, 3, 8, 3],  # "who sat" and "dogs did" are one piece too long.
        [2, 5, 3, 8, 3],
        [2, 5, 3, 7, 3],
    ]
    assert (encoded.num_choices, len(encoded), encoded.num_truncated) == (2, 2, 1)
    segments = np.split(encoded.segment_ids, encoded.row_splits[1:-1])
    assert segments[0].tolist() == [0, 0, 0, 0, 1, 1]


def test_files_of_predictions():
    examples = Examples(["7", "x"], ["", ""], [["a", "b \tc"], ["d", "e"]], None)
    encoded = EncodedExamples(None, None, None, None, 0, examples)
    probabilities = np.array([[0.25, 0.75], [0.9, 0.1]])
    files = UserChoices().result_files({"probabilities": probabilities}, encoded)
    assert set(files) <= set(UserChoices.result_file_names)
    assert files == {
        "test_results.tsv": "0.25\t0.75\n0.9\t0.1\n",
        "predictions.tsv": "id\tanswer\tchoice\tprobability\n7\t1\tb c\t0.750000\nx\t0\td\t0.900000\n",
    }


def test_worst_rows():
    examples = Examples(["7", "x", "y"], ["q", "r\ts", "t"], [["a", "b"], ["d", "e f"], ["g", "h"]], None)
    encoded = EncodedExamples(None, None, None, np.array([0, 1, 0]), 0, examples)
    probabilities = np.array([[0.25, 0.75], [0.9, 0.1], [0.8, 0.2]])
    files = UserChoices().evaluation_files({"probabilities": probabilities}, encoded)
    assert set(files) <= set(UserChoices.evaluation_file_names)
    assert files["wrong_predictions.tsv"].splitlines() == [
        "id\tquestion\tanswer\tpredicted\tprobability",
        "x\tr s\te f\td\t0.900000",
        "7\tq\ta\tb\t0.750000",
    ]


def test_real_questions(bert_tf_data, tmp_path):
    """ARC's easy questions, as the README turns them into JSON lines."""
    with open(bert_tf_data / "multiple_choice" / "arc_easy_test.csv", newline="", encoding="utf-8") as file:
        rows = [
            {"question": question, "choices": choices, "answer": "ABCD1234".index(answer) % 4}
            for question, *choices, answer in csv.reader(file)
        ]
    examples = UserChoices(train_file=written(tmp_path, *rows)).examples("train")
    assert (len(examples), {len(choices) for choices in examples.text_b}) == (570, {4})
    assert np.bincount(examples.labels).tolist() == [158, 152, 142, 118]
