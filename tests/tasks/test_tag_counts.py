"""What is said of a file of words and tags."""

import pytest

from bert_tf.data.conll import read_conll
from bert_tf.tasks.tag_counts import line_notices, tag_notices


@pytest.fixture(name="notices")
def fixture_notices(tmp_path):
    """From a file's text to what is said of its tags and of its lines."""

    def notices(text, scheme="any", **options):
        (tmp_path / "t.txt").write_text(text)
        sentences = read_conll(tmp_path / "t.txt", **options)
        lines = tag_notices(sentences, scheme), line_notices(sentences, options.get("comment_prefix"))
        return [[line.replace(f"{tmp_path}/", "") for line in of_kind] for of_kind in lines]

    return notices


def test_tags_with_their_counts(notices):
    tags, lines = notices("a O\nb B-x\n\nc O\n")
    assert tags == ["t.txt: tags of 3 words: O 2, B-x 1"] and not lines


def test_many_tags(notices):
    tags, _ = notices("".join(f"a T{number}\n" for number in range(250)), "none")
    assert "T99 1, … 50 more …, T150 1" in tags[0] and len(tags) == 1


@pytest.mark.parametrize(
    "text, scheme, said", [("a O\n", "any", True), ("a X\n", "none", True), ("a I\n", "any", False)]
)
def test_one_tag_only(notices, text, scheme, said):
    tags, _ = notices(text, scheme)
    assert any("there is nothing to learn or to score: check --tag_column" in tag for tag in tags) == said


def test_comments_left_out(notices):
    _, lines = notices("# x\na O\n# y\nb O\n", comment_prefix="#")
    assert lines == ["t.txt: lines left out that begin with '#': 2, the first is 1: '# x'"]


@pytest.mark.parametrize(
    "text, said",
    [
        ("# text\na O\n\n# next\nb O\n", True),
        ("## n1\tAnna sings\na\tO\n\nb\tO\n\nc\tO\n", True),
        ("# O\na O\n\nb O\n\nc O\n", False),  # A sentence may begin with this sign.
        ("#a O\na O\n\n#b O\n", False),
        ("a O\n# O\n", False),
    ],
)
def test_comments_taken_for_words(notices, text, said):
    _, lines = notices(text, "none")
    assert any("t.txt:1: " in line and "is read as a word, and so are" in line for line in lines) == said


def test_parts_of_conll_u_and_long_sentences(notices):
    _, lines = notices("1-2\tab\tX\n1\ta\tX\n2\tb\tX\n", text_column=1)
    assert lines == [
        "t.txt: lines left out that hold no word of their own, ranges and empty nodes of CoNLL-U: 1, the first is 1"
    ]
    _, lines = notices("b O\n\n" + "a O\n" * 1001)
    assert lines == ["t.txt:3: a sentence of 1001 words begins here: blank lines part sentences"]


def test_numbers_of_words_taken_for_words(notices):
    text = "1\ta\tO\n2\tb\tO\n\n1\tc\tO\n"
    assert notices(text)[1] == [
        "t.txt: the words are the numbers of words, from 1 on in each sentence: check --text_column"
    ]
    assert not notices(text, text_column=1)[1] and not notices("1 O\n")[1]
