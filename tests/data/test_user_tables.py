"""Tables as users have them: three formats, with and without a header, and every way to get them wrong."""

import gzip

import pytest

from bert_tf.data.user_tables import read_user_table
from bert_tf.errors import UserError


def written(tmp_path, name, text):
    path = tmp_path / name
    data = text.encode("utf-8")
    path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    return path


SAME = {
    "rows.tsv": "name\ttext\n7\tHe said, \u2028no\nx\t\n",
    "rows.csv": 'name,text\r\n7,"He said, \u2028no"\r\nx,\r\n',
    "rows.jsonl": '{"name": 7, "text": "He said, \u2028no"}\n{"text": null, "name": "x"}\n\n',
    "rows.csv.gz": '\ufeff"name","text"\n7,"He said, \u2028no"\nx,""',
}


@pytest.mark.parametrize("name", SAME)
def test_formats_agree(tmp_path, name):
    table = read_user_table(written(tmp_path, name, SAME[name]))
    assert (table.names, len(table)) == (("name", "text"), 2)
    assert table.column("text") == ["He said, \u2028no", ""]
    assert table.column("name") == ["7", "x"]
    assert list(table.row_numbers) == [0, 1]
    assert table.place(1).endswith(f"{name}:{2 if 'jsonl' in name else 3}")


@pytest.mark.parametrize("name, text", [("rows.tsv", "a b\tc\nd\te\n"), ("rows.csv", "a b,c\nd,e\n")])
def test_columns_without_a_header_are_numbered(tmp_path, name, text):
    table = read_user_table(written(tmp_path, name, text), has_header=False)
    assert table.names == ("1", "2")
    assert (table.column("1"), table.column("2")) == (["a b", "d"], ["c", "e"])
    assert table.place(1).endswith(":2")


@pytest.mark.parametrize("name, separator", [("rows.tsv", "\t"), ("rows.csv", ",")])
def test_without_a_header_the_line_that_differs_from_most_is_named(tmp_path, name, separator):
    text = "\n".join(separator.join(row) for row in ("a|b|x".split("|"), "cy", "dz")) + "\n"
    with pytest.raises(UserError, match=f"{name}:1: 3 columns where 2 are expected: put a"):
        read_user_table(written(tmp_path, name, text), has_header=False)


def test_csv_as_the_rfc_has_it(tmp_path):
    text = 'a,b\n"one\ntwo, ""three""",4\n5,"6"\n'
    table = read_user_table(written(tmp_path, "rows.csv", text))
    assert table.column("a") == ['one\ntwo, "three"', "5"]
    assert table.place(1).endswith("rows.csv:4")


def test_a_quotation_mark_is_a_character_of_tsv(tmp_path):
    table = read_user_table(written(tmp_path, "rows.txt", 'a\tb\n"x\ty"\n'), file_format="tsv")
    assert table.column("a") == ['"x']


def test_json_values_as_texts(tmp_path):
    text = '{"a": 1.50, "b": true, "c": ["x", "y"]}\n{"a": -3, "b": false, "c": []}\n'
    table = read_user_table(written(tmp_path, "rows.jsonl", text), lists={"c": "|"})
    assert (table.column("a"), table.column("b")) == (["1.5", "-3"], ["true", "false"])
    assert table.column("c") == ["x|y", ""]


WRONG = {
    "no such column": ("rows.csv", "a,b\n1,2\n", "rows.csv: no column 'text' among a, b: name one"),
    "no such column of TSV": ("rows.tsv", "a\tb\n1\t2\n", "rows.tsv: no column 'text' among a, b: "),
    "commas in TSV": (
        "rows.tsv",
        "text,label\nx,a\n",
        "rows.tsv: no column 'text' among text,label: its columns are parted by another sign: use tabs, or",
    ),
    "semicolons in CSV": (
        "rows.csv",
        "text;label\nx;a\n",
        "among text;label: its columns are parted by another",
    ),
    "no such key": ("rows.jsonl", '{"text": ""}\n{"a": ""}\n', "rows.jsonl:2: no 'text' among a: complete"),
    "JSON cut short": (
        "rows.jsonl",
        '{"text": "x"}\n{"text": \n',
        "rows.jsonl:2: not JSON (Expecting value, column 10)",
    ),
    "JSON of another kind": ("rows.jsonl", '["x"]\n', "rows.jsonl:1: not a JSON object: write {"),
    "JSON's blank line": ("rows.jsonl", '{"text": ""}\n\n{"text": ""}\n', "rows.jsonl:2: a blank line where"),
    "a list": ("rows.jsonl", '{"text": ["x"]}\n', "rows.jsonl:1: 'text' holds a list where a text is"),
    "an object": ("rows.jsonl", '{"text": {}}\n', "rows.jsonl:1: 'text' holds an object where a text is"),
    "no JSON at all": ("rows.jsonl", "\n", "rows.jsonl: the file is empty: give"),
    "an open quotation mark": (
        "rows.csv",
        'text\nx\n"y\nz\n',
        "rows.csv:3: not CSV (unexpected end of data)",
    ),
    "text behind a quotation": ("rows.csv", 'text\n"y"z\n', "rows.csv:2: not CSV ("),
    "a comma too many": ("rows.csv", "text\nx\ny, z\n", "rows.csv:3: 2 columns where 1 are expected: "),
    "a column twice": ("rows.csv", "text,text\nx,y\n", "rows.csv:1: two columns are called 'text': rename"),
    "CSV's blank line": ("rows.csv", "text\n\nx\n", "rows.csv:2: a blank line where a row is expected"),
    "a header only": ("rows.csv", "text\n", "rows.csv: only a header: give a file with at least one row"),
    "an empty TSV": ("rows.tsv", "", "rows.tsv: the file is empty: give a file with at least one row"),
    "a tab too many": (
        "rows.tsv",
        "text\tlabel\nx\ta\nso\tsaid he\tb\n",
        "rows.tsv:3: 3 columns where 2 are expected: put a blank in the place of each tab within a text",
    ),
    "a tab too few": (
        "rows.tsv",
        "text\tlabel\tnote\nx\ta\t\nso b\tc\n",
        "rows.tsv:3: 2 columns where 3 are expected: complete the row, or put a blank",
    ),
    "TSV's header too short": (
        "rows.tsv",
        "text\tlabel\n1\tx\ta\n2\ty\tb\n",
        "rows.tsv:1: the header names 2 columns where all rows have 3: correct it, or say --header=false if",
    ),
    "CSV's header too long": (
        "rows.csv",
        "no,text,label\nx,a\ny,b\n",
        "rows.csv:1: the header names 3 columns",
    ),
    "a column of TSV twice": (
        "rows.tsv",
        "text\ttext\nx\ty\n",
        "rows.tsv:1: two columns are called 'text': re",
    ),
    "a CR within CSV": (
        "rows.csv",
        "text\nx\ry\nz\n",
        r"rows.csv:2: not CSV (a CR (\r) alone outside quotation marks): correct the row",
    ),
    "CRs alone": ("rows.csv", "text,label\rx,a\ry,b\r", r"rows.csv: its lines end in CR (\r) alone: save it"),
    "another format": ("rows.xls", "text\n", "rows.xls: the name ends in none of .tsv, .csv and .jsonl: ren"),
    "not compressed": ("rows.csv.xz", "text\nx\n", "rows.csv.xz: "),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_files(tmp_path, case):
    name, text, message = WRONG[case]
    with pytest.raises(UserError) as error:
        read_user_table(written(tmp_path, name, text)).column("text")
    assert message in str(error.value) and "\n" not in str(error.value)


def test_a_list_that_cannot_be_joined(tmp_path):
    table = read_user_table(written(tmp_path, "rows.jsonl", '{"c": ["x,y"]}\n'), lists={"c": ","})
    with pytest.raises(
        UserError, match="rows.jsonl:1: 'c' holds 'x,y', which is no text without ',': change"
    ):
        table.column("c")


def test_jsonl_has_no_header_to_leave_out(tmp_path):
    path = written(tmp_path, "rows.jsonl", '{"c": 1}\n')
    with pytest.raises(UserError, match="JSONL names the columns in each row: leave out --header=false"):
        read_user_table(path, has_header=False)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(UserError, match="none.csv: No such file"):
        read_user_table(tmp_path / "none.csv")
