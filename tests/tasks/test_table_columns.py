"""Files and columns of a user's tables: ids that only some files have."""

import pytest

from bert_tf.errors import UserError
from bert_tf.tasks.user_table import user_table

ROWS = {
    "tsv": ("text\tlabel\nx\ta\ny\tb\n", "id\ttext\tlabel\nq7\tx\ta\n"),
    "csv": ("text,label\nx,a\ny,b\n", "id,text,label\nq7,x,a\n"),
    "jsonl": (
        '{"text": "x", "label": "a"}\n{"text": "y", "label": "b"}\n',
        '{"id": "q7", "text": "x", "label": "a"}\n',
    ),
}


@pytest.fixture(params=ROWS)
def files(request, tmp_path):
    """A file without ids and one with them."""
    paths = [tmp_path / f"{name}.{request.param}" for name in ("without", "with")]
    for path, text in zip(paths, ROWS[request.param]):
        path.write_text(text)
    return tuple(map(str, paths))


def test_ids_that_only_the_file_to_predict_has(files, capsys):
    without, with_ids = files
    task = user_table(train_file=without, eval_file=without, predict_file=with_ids, id_column="id")
    assert [task.examples(split).ids for split in ("train", "dev", "test")] == [
        ["0", "1"],
        ["0", "1"],
        ["q7"],
    ]
    assert f"{without}: no column 'id', so its rows are numbered" in capsys.readouterr().out


def test_ids_that_only_the_dev_set_has(files):
    without, with_ids = files
    task = user_table(train_file=without, eval_file=with_ids, id_column="id")
    assert [task.examples(split).ids for split in ("train", "dev")] == [["0", "1"], ["q7"]]


def test_ids_that_the_file_to_predict_does_not_have(files):
    without, with_ids = files
    task = user_table(train_file=with_ids, predict_file=without, id_column="id", labels=["a", "b"])
    assert task.examples("train").ids == ["q7"]
    with pytest.raises(
        UserError, match="no column 'id' among text, label: name|no column 'id' among .*: corr"
    ):
        task.examples("test")


def test_ids_that_no_file_has(files):
    without, _ = files
    task = user_table(train_file=without, eval_file=without, id_column="id")
    with pytest.raises(UserError, match="no column 'id' among text, label: "):
        task.examples("train")


def test_a_row_without_an_id_in_json(tmp_path):
    path = tmp_path / "test.jsonl"
    path.write_text('{"text": "x"}\n{"id": "q9", "text": "y"}\n')
    task = user_table(predict_file=str(path), id_column="id", labels=["a", "b"])
    with pytest.raises(UserError, match="test.jsonl:1: no 'id' among text: complete the row"):
        task.examples("test")
