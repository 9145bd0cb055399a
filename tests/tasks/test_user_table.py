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
    "a number beyond float32": (
        {"problem": "regression"},
        "text,label\nx,3.5\ny,1e39\n",
        "rows.csv:3: '1e39' is beyond 3.4e+38: scale the numbers down",
    ),
    "no finite number": (
        {"problem": "regression"},
        "text,label\nx,inf\n",
        "rows.csv:2: 'inf' is not a number",
    ),
    "a number of Python": (
        {"problem": "regression"},
        "text,label\nx,1_0\n",
        "rows.csv:2: '1_0' is not a num",
    ),
    "a label of blanks": ({}, "text,label\nx,a\ny, \n", "rows.csv:3: the label is empty: complete the row"),
    "a missing value": (
        {},
        "text,label\nx,a\ny,NaN\n",
        "rows.csv:3: the label is 'NaN', as where a value is",
    ),
    "a missing value among several": (
        {"problem": "multi_label"},
        "text,label\nx,a\ny,nan\n",
        "rows.csv:3: the label is 'nan', as where a value is missing: complete the row, or list all labels",
    ),
    "neither 0 nor 1 but between": (
        {"problem": "multi_label", "label_columns": ["label"]},
        "text,label\nx,1.0\ny,0.5\n",
        "rows.csv:3: 'label' holds '0.5': give 0 or 1",
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


@pytest.mark.parametrize("text", ["text,label\nx,0\ny,nan\n", "text,label\nx,1\ny,1.0\n"])
def test_labels_that_are_listed_are_meant(tmp_path, text):
    words = [line.split(",")[1] for line in text.splitlines()[1:]]
    task = user_table(train_file=written(tmp_path, "rows.csv", text), labels=words)
    assert task.examples("train").labels.tolist() == [0, 1]


@pytest.mark.parametrize("name, separator", [("train.tsv", "\t"), ("train.csv", ",")])
def test_blanks_around_a_label_do_not_count(tmp_path, name, separator, capsys):
    rows = ("text", "label"), ("a", " pos"), ("b", "neg\xa0"), ("c", "pos"), ("d", "Neg")
    path = written(tmp_path, name, "".join(separator.join(row) + "\n" for row in rows))
    task = user_table(train_file=path)
    assert task.examples("train").labels.tolist() == [2, 1, 2, 0]
    assert capsys.readouterr().out.splitlines() == [
        f"{path}: labels that differ in case only: 'neg' (in 1) and 'Neg' (in 1)",
        f"{path}: 3 labels: Neg (1), neg (1), pos (2)",
    ]


def test_blanks_of_a_label_that_is_known_count(tmp_path):
    path = written(tmp_path, "dev.csv", "text,label\na, pos\nb,neg \n")
    task = user_table(eval_file=path)
    task.recall({"labels": [" pos", "neg"]})
    assert task.examples("dev").labels.tolist() == [0, 1]


@pytest.mark.parametrize(
    "changes, line",
    [
        ({"problem": "regression", "label_column": "no"}, "2 numbers from 3 to 5, mean 4"),
        ({}, "2 labels: a (1), b (1)"),
        ({"labels": ["b", "a", "c"]}, "3 labels: b (1), a (1), c (0)"),
        ({"problem": "multi_label"}, "2 labels: a (1), b (1); 0 of 2 rows have none"),
        ({"problem": "multi_label", "label_columns": ["on"]}, "1 labels: on (1); 1 of 2 rows have none"),
    ],
)
def test_what_is_found_is_said_with_its_counts(tmp_path, changes, line, capsys):
    path = written(tmp_path, "train.tsv", "text\tlabel\tno\ton\nx\ta\t3\t1.0\ny\tb\t5\t0\n")
    options = {"train_file": path, "eval_file": path, **changes}
    task = user_table(**options)
    task.examples("train"), task.examples("dev")
    assert capsys.readouterr().out == f"{path}: {line}\n" * 2


def test_columns_of_zeros_and_ones_as_programs_write_them(tmp_path):
    text = "text,toxic,rude\na,1.0,False\nb, 0.0,true\nc,1,0\n"
    options = {"problem": "multi_label", "label_columns": ["toxic", "rude"]}
    task = user_table(train_file=written(tmp_path, "train.csv", text), **options)
    assert task.examples("train").labels.tolist() == [[1, 0], [0, 1], [1, 0]]
    text = '{"text": "a", "toxic": 1.0, "rude": false}\n'
    task = user_table(train_file=written(tmp_path, "train.jsonl", text), **options)
    assert task.examples("train").labels.tolist() == [[1, 0]]


def test_a_list_of_numbers_holds_labels(tmp_path):
    path = written(tmp_path, "train.jsonl", '{"text": "x", "label": [27, 3]}\n')
    task = user_table("multi_label", train_file=path)
    assert task.examples("train").labels.tolist() == [[1, 1]] and task.labels == ["27", "3"]


def test_half_characters_in_labels_are_replaced(tmp_path, capsys):
    text = '{"text": "x", "label": "a\\ud83d"}\n{"text": "y", "label": "b"}\n'
    task = user_table(train_file=written(tmp_path, "train.jsonl", text))
    assert task.examples("train").labels.tolist() == [0, 1] and task.labels == ["a\ufffd", "b"]
    assert "1 half characters" in capsys.readouterr().out


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
    "no labels": ({"labels": []}, "the labels : 0 where at least 2 are needed: add some"),
    "one label": ({"labels": ["a"]}, "the labels a: 1 where at least 2 are needed: add some"),
    "a label of two lines": (
        {"labels": ["a", "b\nc"]},
        r"the label 'b\nc' holds a tab or a line end: remove",
    ),
    "no columns of labels": (
        {"problem": "multi_label", "label_columns": []},
        "the labels : 0 where at least 1",
    ),
    "a separator in a label": (
        {"problem": "multi_label", "labels": ["a,b", "c"]},
        "the label 'a,b' holds ',', which separates the labels of a row: choose another --label_separator",
    ),
    "the text as label": (
        {"label_column": "text"},
        "--text_column=text: is the column of the label too: name different ones",
    ),
    "the second text as label": (
        {"problem": "multi_label", "label_columns": ["a"], "text_pair_column": "a"},
        "--text_pair_column=a: is the column of the label too: name different ones",
    ),
    "a text as second text": (
        {"text_pair_column": "text"},
        "--text_pair_column=text: is the column of the text too: name different ones",
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
