"""The table of code points says what the rules say."""

import sys

import numpy as np
import pytest

from bert_tf.tokenization import code_points, unicode_rules


@pytest.fixture(name="table", scope="module", params=[True, False], ids=["lower", "cased"])
def fixture_table(request):
    return request.param, code_points.code_point_table(request.param)


def rows_of(table, chars):
    code_points_in = np.array([ord(char) for char in chars])
    pages = table.page_of[code_points_in // code_points.PAGE]
    return table.pages[pages * code_points.PAGE + code_points_in % code_points.PAGE]


def becomes(table, char, row):
    """The characters that one is turned into."""
    numbers = ord(char) + table.delta[row] + np.arange(table.length[row])
    return "".join(
        chr(table.expansions[number - code_points.FIRST_EXPANSION])
        if number >= code_points.FIRST_EXPANSION
        else chr(number)
        for number in numbers
    )


def test_every_code_point(table):
    do_lower_case, table = table
    chars = list(map(chr, range(sys.maxunicode + 1)))
    for char, row in zip(chars, rows_of(table, chars)):
        cleaned = unicode_rules.clean(char)
        if cleaned.isspace():
            assert table.kind[row] == code_points.SEPARATOR, hex(ord(char))
        elif row:
            expected = unicode_rules.strip_accents(cleaned.lower()) if do_lower_case else cleaned
            assert becomes(table, char, row) == expected.strip(), hex(ord(char))
        else:
            assert cleaned == char and not unicode_rules.is_punctuation(char), hex(ord(char))
            assert not do_lower_case or unicode_rules.strip_accents(char.lower()) == char, hex(ord(char))


@pytest.mark.parametrize(
    "char, kind",
    [
        ("a", code_points.LETTER),
        ("$", code_points.ALONE),
        ("中", code_points.ALONE),
        ("\t", code_points.SEPARATOR),
        ("\u2028", code_points.SEPARATOR),
        ("\x0b", code_points.DROPPED),
        ("\U0002b73f", code_points.ALONE),
    ],
)
def test_kinds(table, char, kind):
    assert table[1].kind[rows_of(table[1], char)].tolist() == [kind]


def test_letters_are_expanded_only_in_lower_case(table):
    do_lower_case, table = table
    expected = [code_points.STRIPPED, code_points.EXPANDED, code_points.MOVABLE, code_points.MOVABLE]
    kinds = table.kind[rows_of(table, "\u0301한\u302e\U0001d15e")]
    assert kinds.tolist() == (expected if do_lower_case else [code_points.LETTER] * 4)


def test_sigma_contexts():
    table = code_points.code_point_table(do_lower_case=True)
    contexts = table.sigma_context[rows_of(table, "aΣª1中 .'\u0301\u00ad\x01")]
    assert contexts.tolist() == (
        [code_points.CASED] * 3 + [code_points.CASELESS] * 3 + [code_points.IGNORED] * 5
    )


def test_starters():
    table = code_points.code_point_table(do_lower_case=True)
    starters = table.is_starter[rows_of(table, "aé \u034f\u0301\u302e\u0344\u200d")]
    assert starters.tolist() == [True] * 4 + [False] * 4


def test_the_tables_are_small(table):
    assert sum(array.nbytes for array in vars(table[1]).values()) < 1_000_000
