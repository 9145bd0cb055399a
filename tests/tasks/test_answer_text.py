"""From word pieces back to the text: tests/tasks/test_squad_parity.py compares many with Google's rules."""

import pytest

from bert_tf.tasks.answer_text import AnswerText


@pytest.mark.parametrize(
    ("pieces", "words", "answer"),
    [
        ("steve smith", "Steve Smith's", "Steve Smith"),
        ("1895", "(1895-1943).", "1895"),
        ("una ##ffa ##ble", "Unaffable,", "Unaffable"),
        ("cafe", "Café,", "Café"),  # The accent is one character with its letter.
        ("cafe", "Cafe\u0301,", "Cafe\u0301,"),  # Here it is one more, so nothing can be carried over.
        ("[UNK]", "☃ snow", "☃ snow"),
        ("a", "A-a", "A"),  # The first place where the pieces are found.
        ("sat - sun", "Sat-Sun only", "Sat-Sun"),
    ],
)
def test_lower_cased(pieces, words, answer):
    assert AnswerText(do_lower_case=True)(pieces, words) == answer


def test_cased():
    assert AnswerText(do_lower_case=False)("Steve", "Steve's") == "Steve"
    assert AnswerText(do_lower_case=False)("steve", "Steve's") == "Steve's"
