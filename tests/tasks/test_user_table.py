"""Tasks on a user's tables: files and columns by name, labels found, given or recalled."""

import pytest

from bert_tf.errors import UserError
from bert_tf.tasks.user_table import user_table


def written(tmp_path, name, text):
    (tmp_path / name).write_text(text, encoding="utf-8")
    return str(tmp_path / name)


@pytest.fixture
def train(tmp_path):
    return written(tmp_path, "train.csv", 'no,said,reply,mood\na,"Hi, you",Hello,glad\nb,Go,No,angry\n')


COLUMNS = {"text_column": "said", "text_pair_column": "reply", "label_column": "mood", "id_column": "no"}


def test_columns_by_name(train):
    examples = user_table(train_file=train, **COLUMNS).examples("train")
    assert (examples.ids, examples.text_a, examples.text_b) == (
        ["a", "b"],
        ["Hi, you", "Go"],
        ["Hello", "No"],
    )
    assert examples.labels.tolist() == [1, 0]


def test_columns_by_number(tmp_path):
    path = written(tmp_path, "dev.txt", "good film\t1\nbad film\t0\n")
    task = user_table(eval_file=path, text_column="1", label_column="2", file_format="tsv", header=False,
                      labels=["0", "1"])  # fmt: skip
    examples = task.examples("dev")
    assert (examples.ids, examples.text_a, examples.text_b) == (
        ["0", "1"],
        ["good film", "bad film"],
        ["", ""],
    )
    assert examples.labels.tolist() == [1, 0]


def test_labels_are_found_in_the_training_file_sorted(train, tmp_path):
    dev = written(tmp_path, "dev.jsonl", '{"said": "x", "reply": null, "mood": "glad", "no": 3}\n')
    task = user_table(train_file=train, eval_file=dev, **COLUMNS)
    task.examples("train")
    assert task.settings() == {"problem": "classification", "labels": ["angry", "glad"]}
    examples = task.examples("dev")
    assert (examples.labels.tolist(), examples.text_b, examples.ids) == ([1], [""], ["3"])


def test_labels_are_recalled(train):
    task = user_table(predict_file=train, text_column="said", label_column="none there")
    with pytest.raises(UserError, match="the labels are not known: give the --output_dir of the run that"):
        task.examples("test")
    with pytest.raises(UserError, match="the labels are not known"):
        task.settings()
    task.recall({"labels": ["angry", "glad"]})
    assert task.examples("test").labels is None
    assert task.settings()["labels"] == ["angry", "glad"]


def test_given_labels_keep_their_order(train):
    task = user_table(train_file=train, **COLUMNS, labels=["sad", "glad", "angry"])
    assert task.examples("train").labels.tolist() == [1, 2]
    task.recall({"labels": ["angry", "glad"]})
    assert task.settings()["labels"] == ["sad", "glad", "angry"]


def test_several_labels_in_a_column(tmp_path):
    path = written(
        tmp_path, "train.jsonl", '{"text": "x", "label": ["b", "c"]}\n{"text": "y", "label": "a;b"}\n'
    )
    task = user_table("multi_label", train_file=path, label_separator=";", threshold="0.2")
    assert task.examples("train").labels.tolist() == [[0, 1, 1], [1, 1, 0]]
    assert (task.settings()["labels"], task.threshold_in_use) == (["a", "b", "c"], 0.2)
    task.recall({"threshold": 0.7})
    assert task.threshold_in_use == 0.2


def test_a_column_for_each_label(tmp_path):
    path = written(tmp_path, "train.csv", "text,rude,short\nx,0,1\ny,0,0\n")
    task = user_table("multi_label", train_file=path, label_columns=["short", "rude"])
    assert task.examples("train").labels.tolist() == [[1, 0], [0, 0]]
    assert task.settings() == {"problem": "multi_label", "labels": ["short", "rude"]}


def test_numbers(tmp_path):
    path = written(tmp_path, "train.jsonl", '{"text": "x", "label": 1.5}\n{"text": "y", "label": "-2"}\n')
    task = user_table("regression", train_file=path)
    assert task.examples("train").labels.tolist() == [1.5, -2.0]
    assert task.settings() == {"problem": "regression"}


WRONG = {
    "unknown column": (
        {"text_column": "txt"},
        "text,label\nx,a\n",
        "no column 'txt' among text, label: name",
    ),
    "unknown id column": ({"id_column": "id"}, "text,label\nx,a\n", "no column 'id' among text, label: name"),
    "no rows": ({}, "text,label\n", "rows.csv: only a header: give a file with at least one row"),
    "empty label": ({}, "text,label\nx,a\ny,\n", "rows.csv:3: the label is empty: complete the row"),
    "one label": ({}, "text,label\nx,a\ny,a\n", "rows.csv: fewer than 2 labels in column 'label': name an"),
    "broken label": ({}, 'text,label\nx,"a\nb"\n', r"rows.csv:2: the label 'a\nb' holds a tab or a line end"),
    "broken id": ({"id_column": "text"}, "text,label\nx\ty,a\n", r"rows.csv:2: the id 'x\ty' holds a tab"),
    "label not given": (
        {"labels": ["a", "b"]},
        "text,label\nx,a\ny,c\n",
        "rows.csv:3: label 'c' is not one of a, b: correct the row",
    ),
    "no number": (
        {"problem": "regression"},
        "text,label\nx,3.5\ny,three\n",
        "rows.csv:3: 'three' is not a number: correct the row",
    ),
    "neither 0 nor 1": (
        {"problem": "multi_label", "label_columns": ["label"]},
        "text,label\nx,1\ny,2\n",
        "rows.csv:3: 'label' holds '2': give 0 or 1",
    ),
    "no labels at all": (
        {"problem": "multi_label"},
        "text,label\nx,\n",
        "rows.csv: fewer than 1 labels in column 'label': name another --label_column",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_tables(tmp_path, case):
    options, text, message = WRONG[case]
    with pytest.raises(UserError) as error:
        user_table(train_file=written(tmp_path, "rows.csv", text), **options).examples("train")
    assert message in str(error.value)


def test_a_label_of_dev_that_train_does_not_have(train, tmp_path):
    dev = written(tmp_path, "dev.csv", "no,said,reply,mood\na,Hi,Hello,glad\nb,Go,No,sad\n")
    task = user_table(train_file=train, eval_file=dev, **COLUMNS)
    task.examples("train")
    message = (
        "dev.csv:3: label 'sad' is not one of angry, glad: correct the row, train on rows with this label"
    )
    with pytest.raises(UserError, match=message):
        task.examples("dev")


WRONG_OPTIONS = {
    "no file": ({}, "--train_file is missing: give the table to read"),
    "threshold": ({"threshold": "0.5"}, "--threshold does not belong to --problem=classification: leave it"),
    "labels of numbers": (
        {"problem": "regression", "labels": ["a"]},
        "--labels does not belong to --problem=regression: leave it out; it takes --train_file",
    ),
    "labels twice over": (
        {"problem": "multi_label", "label_columns": ["a"], "labels": ["a"]},
        "--labels beside --label_columns: the columns' names are the labels; give one",
    ),
    "a label twice": ({"labels": ["a", "b", "a"]}, "the labels a,b,a: one is empty or there twice"),
    "no separator": ({"problem": "multi_label", "label_separator": ""}, "--label_separator is empty: give"),
}


@pytest.mark.parametrize("case", WRONG_OPTIONS)
def test_wrong_options(case):
    options, message = WRONG_OPTIONS[case]
    with pytest.raises(UserError) as error:
        user_table(**options).examples("train")
    assert message in str(error.value)
