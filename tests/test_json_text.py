import codecs

import pytest

from bert_tf.errors import UserError
from bert_tf.json_text import parse_json, read_json_file


def test_a_whole_pair_of_surrogates_is_one_character():
    assert parse_json(r'{"text": "\ud83d\ude00"}', "a.json") == ({"text": "\U0001f600"}, 0)


@pytest.mark.parametrize("half", [r"\ud83d", r"\uDE00", r"\ude00\ud83d"])
def test_half_a_character_is_replaced_and_counted_wherever_it_stands(half):
    count = half.count("\\u")
    value, replaced = parse_json(f'{{"a{half}": [1, "b{half}", {{"c": "{half}"}}, []]}}', "a.json")
    mark = "\ufffd" * count
    assert value == {f"a{mark}": [1, f"b{mark}", {"c": mark}, []]}
    assert replaced == 3 * count


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"a": 1,\n "b" 2}', r"^a\.json:8: not JSON \(Expecting ':' delimiter, column 6\)"),
        ("[" * 100_000 + "]" * 100_000, r"^a\.json:7: JSON nested too deeply"),
        ('{"a":' * 100_000, r"^a\.json:7: JSON nested too deeply"),
        ('{"a": ' + "9" * 5000 + "}", r"^a\.json:7: holds a number of thousands of digits"),
        ("[" * 100_000 + '"\\ud83d"' + "]" * 100_000, r"^a\.json:7: JSON nested too deeply"),
        ("", r"^a\.json:7: not JSON \(Expecting value, column 1\)"),
    ],
)
def test_what_is_not_readable_is_one_line_that_names_the_place(text, message):
    with pytest.raises(UserError, match=message):
        parse_json(text, "a.json", line=7)


def test_a_file_may_begin_with_a_byte_order_mark(tmp_path):
    path = tmp_path / "a.json"
    path.write_bytes(codecs.BOM_UTF8 + b'{"a": "\xc3\xa9"}')
    assert read_json_file(path, "give another") == ({"a": "é"}, 0)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "No such file or directory: give another"),
        (b'{\n"a": "\xe9"}', r":2: not UTF-8 .*: give another"),
    ],
)
def test_a_file_that_is_none(tmp_path, content, message):
    path = tmp_path / "a.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UserError, match=message):
        read_json_file(path, "give another")


def test_a_name_that_is_there_twice_is_refused_where_asked():
    text = '{"a": 1, "b": 2, "a": 3}'
    assert parse_json(text, "a.json") == ({"a": 3, "b": 2}, 0)
    with pytest.raises(UserError, match="a.json:7: the name 'a' is there twice: rename or remove one"):
        parse_json(text, "a.json", line=7, unique_names=True)
