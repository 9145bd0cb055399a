"""Checkpoints whose names have another scope than Google's `bert/`, read as if they had that.

A BERT that was built inside another module has names like `module/bert/embeddings/word_embeddings`, a
second one in the same graph `bert_1/…`.
"""

import re

from bert_tf.checkpoints.foreign import other_model

GOOGLES_SCOPE = "bert/"
_TABLE = "embeddings/word_embeddings"
_IN_ENCODER = ("embeddings/", "encoder/", "pooler/")
_BERT = re.compile(r"(.*/)?bert(_\d+)?/")


def encoder_scopes(names):
    """The scopes under which names have a table of word embeddings, sorted: ["bert/"] in Google's files."""
    tables = (name for name in names if name == _TABLE or name.endswith("/" + _TABLE))
    return sorted(name.removesuffix(_TABLE) for name in tables)


def names_as_googles(names):
    """From each name as it would be in Google's checkpoints to the name as it is.

    They are the same where there is an encoder in Google's scope, or none, or several, so that it
    cannot be told which is meant, or where it is that of another model.

    Args:
        names: The names of a checkpoint's tensors.

    Returns:
        The mapping, and the scope that was taken for Google's.
    """
    scopes = encoder_scopes(names)
    if len(scopes) != 1 or scopes[0] == GOOGLES_SCOPE or other_model(names):
        return {name: name for name in names}, GOOGLES_SCOPE
    (scope,) = scopes
    is_named = _BERT.fullmatch(scope)
    outer = (is_named.group(1) or "") if is_named else scope
    mapped = {}
    for name in names:
        rest = name.removeprefix(scope)
        if name.startswith(scope) and rest.startswith(_IN_ENCODER):
            mapped[GOOGLES_SCOPE + rest] = name
        else:
            inner = name.removeprefix(outer)
            mapped[name if inner in names else inner] = name
    return mapped, scope
