"""Tags of each scheme, and the labels of a model."""

import pytest

from bert_tf.data.conll import read_conll
from bert_tf.data.tag_schemes import check_tags, labels_of, split_tag
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
        ("any", ["O person"], 2, "'person' is no tag of --tag_scheme=any .O, and B, I, E, S with -TYPE"),
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
    ],
)
def test_labels_are_those_of_every_type(scheme, tags, labels):
    assert labels_of(tags.split(), scheme) == labels.split()


def test_parts_of_a_tag():
    assert [split_tag(tag) for tag in ("O", "B", "I-x-y")] == [("O", ""), ("B", ""), ("I", "x-y")]
