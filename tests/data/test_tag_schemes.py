"""Tags of each scheme, and the labels of a model."""

import pytest

from bert_tf.data.conll import read_conll
from bert_tf.data.tag_schemes import check_tags, goes_on, in_bioes, inside_tag, labels_of, split_tag
from bert_tf.errors import UserError


def check(tmp_path, sentences, scheme):
    path = tmp_path / "tags.txt"
    lines = ["\n".join(f"w {tag}" for tag in tags.split()) for tags in sentences]
    path.write_text("\n\n".join(lines) + "\n")
    check_tags(read_conll(path), scheme)


@pytest.mark.parametrize(
    "scheme, sentences",
    [
        ("IOB2", ["B-a I-a I-a O B-a B-a B-b O", "B I O", "B-x-y I-x-y"]),
        ("IOB1", ["I-a I-a B-a I-a O I-b I-a B-a", "I I B"]),
        ("BIOES", ["S-a B-a E-a B-b I-b I-b E-b O", "B E"]),
        ("any", ["I-a E-b O S-a B-b", "E B"]),
        ("BMES", ["S-a B-a E-a B-b M-b M-b E-b O", "B E", "B M E S"]),
        ("BILOU", ["U-a B-a L-a B-b I-b I-b L-b O", "B L U"]),
        ("any", ["B-a M-a E-a S-b W-b", "B-a I-a L-a U-b", "M L"]),
        ("none", ["PROPN VERB $ , -LRB-", "B-a I-b x", "O"]),
    ],
)
def test_tags_that_fit(tmp_path, scheme, sentences):
    check(tmp_path, sentences, scheme)


@pytest.mark.parametrize(
    "scheme, sentences, line, message",
    [
        ("IOB2", ["O", "I-a"], 3, "'O' before 'I-a' does not fit --tag_scheme=IOB2"),
        ("IOB2", ["B-a", "I-a"], 3, "'O' before 'I-a'"),
        ("IOB2", ["B-a I-b"], 2, "'B-a' before 'I-b'"),
        ("IOB2", ["O E-a"], 2, "'E-a' is no tag of --tag_scheme=IOB2"),
        ("IOB1", ["B-a"], 1, "'O' before 'B-a'"),
        ("IOB1", ["I-b B-a"], 2, "'I-b' before 'B-a'"),
        ("BIOES", ["O B-a", "O"], 2, "'B-a' before the end does not fit"),
        ("BIOES", ["S-a E-a"], 2, "'S-a' before 'E-a'"),
        ("BIOES", ["B-a S-a"], 2, "'B-a' before 'S-a'"),
        ("BIOES", ["B-a E-b"], 2, "'B-a' before 'E-b'"),
        (
            "any",
            ["O person"],
            2,
            "'person' is no tag of --tag_scheme=any .O, and B, I, E, S, M, L, U, W with -TYPE",
        ),
        ("any", ["O NOUN"], 2, ".* or give --tag_scheme=none for tags without prefix"),
        ("BMES", ["O I-a"], 2, "'I-a' is no tag of --tag_scheme=BMES"),
        ("BMES", ["B-a M-a", "O"], 2, "'M-a' before the end does not fit --tag_scheme=BMES"),
        ("BILOU", ["B-a U-a"], 2, "'B-a' before 'U-a'"),
        ("BILOU", ["L-a"], 1, "'O' before 'L-a'"),
        ("any", ["B-"], 1, "'B-' is no tag"),
        ("any", ["Ox"], 1, "'Ox' is no tag"),
    ],
)
def test_tags_that_do_not_fit(tmp_path, scheme, sentences, line, message):
    with pytest.raises(UserError, match=f"tags.txt:{line}: {message}"):
        check(tmp_path, sentences, scheme)


@pytest.mark.parametrize(
    "scheme, tags, labels",
    [
        ("IOB2", "O B-b B-a", "O B-a I-a B-b I-b"),
        ("BIOES", "S-a", "O B-a I-a E-a S-a"),
        ("any", "I-b O B-a I-c", "O B-a I-a B-b I-b B-c I-c"),
        ("any", "I-b", "O I-b"),
        ("IOB1", "I O", "O B I"),
        ("any", "O", "O"),
        ("any", "B-a E-a S-a M-a", "O B-a E-a S-a M-a"),
        ("BMES", "S-a", "O B-a M-a E-a S-a"),
        ("BILOU", "U", "O B I L U"),
        ("none", "VERB NOUN VERB B-a", "B-a NOUN VERB"),
    ],
)
def test_labels_are_those_of_every_type(scheme, tags, labels):
    assert labels_of(tags.split(), scheme) == labels.split()


def test_parts_of_a_tag():
    assert [split_tag(tag) for tag in ("O", "B", "I-x-y")] == [("O", ""), ("B", ""), ("I", "x-y")]


@pytest.mark.parametrize("scheme", ["any", "none"])
def test_an_empty_tag_is_refused(tmp_path, scheme):
    (tmp_path / "tags.txt").write_text("a\tO\nb\t\n")
    with pytest.raises(UserError, match="tags.txt:2: the tag is empty: complete the line"):
        check_tags(read_conll(tmp_path / "tags.txt"), scheme)


def test_a_comment_with_as_many_columns_as_words_is_named(tmp_path):
    (tmp_path / "tags.txt").write_text("## n1\tAnna sings\nAnna\tB-PER\n \tO\nsings\tO\n")
    with pytest.raises(UserError, match="tags.txt:1: .* looks like a comment line.*--comment_prefix='## '"):
        check_tags(read_conll(tmp_path / "tags.txt"), "any")


def test_letters_of_other_schemes():
    assert [in_bioes(tag) for tag in ("O", "M-x", "L", "U-a-b", "W-x", "E-L")] == [
        "O", "I-x", "E", "S-a-b", "S-x", "E-L"
    ]  # fmt: skip
    assert goes_on("B-a", "M-a") and goes_on("I-a", "L-a")
    assert not any(goes_on(*tags) for tags in (("B-a", "L-b"), ("L-a", "I-a"), ("O", "I-a"), ("B-a", "B-a")))
    assert inside_tag("B-a", ["O", "B-a", "M-b", "M-a"]) == "M-a"
    assert inside_tag("B-a", ["O", "B-a", "E-a"]) == "O"
