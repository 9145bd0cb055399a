"""JSON lines, half characters in them, and other JSON that is given in their place."""

import pytest

from bert_tf.data.json_lines import read_json_lines
from bert_tf.errors import UserError


@pytest.fixture
def write(tmp_path):
    """Writes text to a file and gives its path."""

    def write(text):
        (tmp_path / "rows.json").write_text(text, encoding="utf-8")
        return tmp_path / "rows.json"

    return write


def test_columns_are_those_of_all_rows(write):
    table = read_json_lines(write('{"text": "x"}\n{"id": 1, "text": "y"}\n'))
    assert table.names == ("text", "id")


def test_half_characters_are_replaced_and_counted(write, capsys):
    path = write('{"id": "a\\ud83d", "text": "so \\udca9 \\ud83d"}\n{"id": "b", "text": "\\ud83d\\ude00"}\n')
    table = read_json_lines(path)
    assert table.column("id") == ["a\ufffd", "b"]
    assert table.column("text") == ["so \ufffd \ufffd", "\U0001f600"]
    out = capsys.readouterr().out
    assert out == f"{path}: 3 half characters (as of a cut-off emoji) are read as U+FFFD\n"


WRONG = {
    "an array": (
        '[{"text": "a"}, {"text": "b"}]',
        "rows.json: the file is one JSON array: write one object a",
    ),
    "an array over lines": (
        '[\n {"text": "a"},\n {"text": "b"}\n]\n',
        "rows.json: the file is one JSON array",
    ),
    "an empty array": ("[]", "rows.json: the file is one JSON array"),
    "an array cut off": ('[\n {"text": "a"},\n', "rows.json:1: JSON that goes over several lines: write one"),
    "an object over lines": (
        '{\n "text": "a"\n}\n',
        "rows.json: the file is one JSON object over 3 lines: wri",
    ),
    "objects over lines": (
        '{\n "text": "a"\n}\n{\n "text": "b"\n}\n',
        "rows.json:1: JSON that goes over sever",
    ),
    "columns": (
        '{"text": {"0": "a", "1": "b"}, "label": {"0": "x", "1": "y"}}',
        "rows.json: the file is one JSON object, which holds whole columns: write one object a line",
    ),
    "columns as lists": ('{"text": ["a", "b"], "label": [0, 1]}\n', "JSON object, which holds whole columns"),
    "all rows in one": ('{"data": [{"text": "a"}]}', "JSON object, which has all rows in 'data': write one"),
    "lists for rows": ('["a", "x"]\n["b", "y"]\n', "rows.json:1: not a JSON object: write {"),
    "a comma between": ('{"text": "a"},\n{"text": "b"}\n', "rows.json:1: not JSON (Extra data, column 14)"),
    "a name twice": (
        '{"text": "a"}\n{"text": "b", "text": "c"}\n',
        "rows.json:2: the name 'text' is there tw",
    ),
    "nesting": (
        '{"text": ' + "[" * 100_000 + "\n",
        "rows.json:1: JSON nested too deeply to be read: correct",
    ),
    "digits": (
        '{"text": "a"}\n{"text": ' + "9" * 5_000 + "}\n",
        "rows.json:2: holds a number of thousands of",
    ),
    "empty": ("\n", "rows.json: the file is empty: give a file with at least one row"),
}


@pytest.mark.parametrize("case", WRONG)
def test_other_json_is_named(write, case):
    text, message = WRONG[case]
    with pytest.raises(UserError) as error:
        read_json_lines(write(text))
    assert message in str(error.value) and "\n" not in str(error.value) and len(str(error.value)) < 400
