"""Names in messages: what could not be seen shows, and nothing is endless."""

import pytest

from bert_tf.data.shown_names import listed, shown


@pytest.mark.parametrize(
    "name, text",
    [
        ("pos", "pos"),
        ("very good", "very good"),
        ("好", "好"),
        ("", "''"),
        ("pos ", "'pos '"),
        ("very  good", "'very  good'"),
        ("very\xa0good", r"'very\xa0good'"),
        ("pos\u200b", r"'pos\u200b'"),
        ("one, two", "one, two"),
        ("x" * 50, "x" * 39 + "…"),
    ],
)
def test_what_cannot_be_seen_shows(name, text):
    assert shown(name) == text


def test_a_long_list_is_cut():
    assert listed(["a", "b "]) == "a, 'b '"
    assert listed(map(str, range(10_000))).endswith(", 18, 19, … (9980 more)")
