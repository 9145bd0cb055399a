"""Names in another scope than `bert/` are read as Google's where there is no doubt."""

import pytest

from bert_tf.checkpoints.scopes import encoder_scopes, names_as_googles

GOOGLES = [
    "bert/embeddings/word_embeddings",
    "bert/embeddings/LayerNorm/gamma",
    "bert/encoder/layer_0/output/dense/kernel",
    "bert/encoder/layer_0/output/dense/kernel/adam_m",
    "bert/pooler/dense/bias",
    "cls/predictions/output_bias",
    "output_weights",
    "global_step",
]


def under(scope, outer=""):
    """Google's names with another scope for the encoder, and one in front of the rest."""
    return [
        scope + name.removeprefix("bert/") if name.startswith("bert/") else outer + name for name in GOOGLES
    ]


@pytest.mark.parametrize(
    ("names", "scope"),
    [
        (GOOGLES, "bert/"),
        (under("module/bert/", "module/"), "module/bert/"),
        (under("bert_1/"), "bert_1/"),
        (under("model/bert_2/", "model/"), "model/bert_2/"),
        (under("a/b/bert/", "a/b/"), "a/b/bert/"),
        (under("module/", "module/"), "module/"),
        (under(""), ""),
        (under("biobert/"), "biobert/"),
        # A second encoder beside Google's own changes nothing.
        ([*GOOGLES, "bert_1/embeddings/word_embeddings"], "bert/"),
    ],
)
def test_unambiguous(names, scope):
    mapped, found = names_as_googles(names)
    assert found == scope
    assert set(GOOGLES) <= set(mapped) and sorted(mapped.values()) == sorted(names)


def test_a_name_that_is_taken_stays(capsys):
    names = [*under("module/bert/", "module/"), "global_step"]
    mapped, _ = names_as_googles(names)
    assert mapped["global_step"] == "global_step"
    assert mapped["module/global_step"] == "module/global_step"


@pytest.mark.parametrize(
    "names",
    [
        under("teacher/bert/") + under("student/bert/"),
        under("electra/"),
        ["conv/kernel", "global_step"],
        [],
    ],
)
def test_what_is_in_doubt_stays_as_it_is(names):
    mapped, _ = names_as_googles(names)
    assert mapped == {name: name for name in names}


def test_scopes_of_encoders():
    assert encoder_scopes(under("teacher/bert/") + under("bert/")) == ["bert/", "teacher/bert/"]
