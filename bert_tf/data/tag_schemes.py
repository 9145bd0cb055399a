"""Tags that mark entities word by word: a prefix that says where in an entity, and its type.

`B` begins an entity, `I` or `M` is inside, `E` or `L` ends and `S`, `U` or `W` is a whole one; `O` is
outside of any. The type follows after a hyphen; where there is one type only it may be left out.
With the scheme "none" tags are no more than names, such as parts of speech.
"""

from bert_tf.data.conll_layout import comment_message
from bert_tf.errors import UserError

OUTSIDE = "O"
PLAIN = "none"

# The prefixes of each scheme. "any" reads tags as the CoNLL tasks' conlleval does, in any order.
SCHEMES = {
    "any": "BIESMLUW",
    "IOB1": "BI",
    "IOB2": "BI",
    "BIOES": "BIES",
    "BMES": "BMES",
    "BILOU": "BILU",
    PLAIN: "",
}

# What the letters of the other schemes mean in BIOES.
_IN_BIOES = {"M": "I", "L": "E", "U": "S", "W": "S"}


def split_tag(tag):
    """Prefix and type of a tag: `B-LOC` is "B" and "LOC", `O` is "O" and ""."""
    return tag[:1], tag[2:]


def in_bioes(tag):
    """A tag with the letter that its prefix has in BIOES: `M-LOC` is `I-LOC`."""
    return _IN_BIOES.get(tag[:1], tag[:1]) + tag[1:]


def goes_on(before, tag):
    """Whether an entity goes on from one word's tag to the next one's."""
    (left, left_type), (right, right_type) = split_tag(in_bioes(before)), split_tag(in_bioes(tag))
    return left in ("B", "I") and right in ("I", "E") and left_type == right_type


def inside_tag(tag, labels):
    """The label that is inside an entity of a tag's type, in the letter that the labels have; else `O`."""
    inside = (label for label in labels if split_tag(in_bioes(label)) == ("I", split_tag(tag)[1]))
    return next(inside, OUTSIDE)


def check_tags(sentences, scheme):
    """Makes sure that the tags of `ConllSentences` fit a scheme of `SCHEMES`.

    IOB2 begins each entity with `B`; IOB1 only one that directly follows another of its type;
    BIOES begins with `B`, ends with `E`, and has `S` for an entity of one word; BMES and BILOU are
    the same in other letters.

    Raises:
        UserError: For the first tag that does not; the message names its line.
    """
    start = 0
    for tags in sentences.by_sentence(sentences.tags):
        for word, tag in enumerate(tags, start):
            _check_tag(sentences, word, tag, scheme)
        for word, (before, tag) in enumerate(zip([OUTSIDE, *tags], [*tags, OUTSIDE]), start):
            if not _may_follow(before, tag, scheme):
                at_end = word == start + len(tags)
                what = "the end" if at_end else repr(tag)
                raise UserError(
                    f"{sentences.place(word - at_end)}: {before!r} before {what} does not fit "
                    f"--tag_scheme={scheme}: correct it, or give --tag_scheme=any, which counts as "
                    "conlleval does"
                )
        start += len(tags)


def _check_tag(sentences, word, tag, scheme):
    place = sentences.place(word)
    if not tag:
        raise UserError(f"{place}: the tag is empty: complete the line, or check --tag_column")
    if scheme == PLAIN or _is_tag(tag, SCHEMES[scheme]):
        return
    if sentences.line(word).startswith("#"):
        raise UserError(comment_message(place, sentences.line(word)))
    raise UserError(
        f"{place}: {tag!r} is no tag of --tag_scheme={scheme} ({OUTSIDE}, and "
        f"{', '.join(SCHEMES[scheme])} with -TYPE): correct it, check --tag_column, or give "
        f"--tag_scheme={PLAIN} for tags without prefix"
    )


def labels_of(tags, scheme):
    """The labels that a model needs for the tags of its training data.

    Args:
        tags: The tags.
        scheme: One of `SCHEMES`.

    Returns:
        A list: `O`, then for each type, sorted, its tags of the scheme, also those that did not
        occur; with "any", of the prefixes that occurred with some type; with "none", just the tags
        that occurred, sorted.
    """
    if scheme == PLAIN:
        return sorted(set(tags))
    parts = {split_tag(tag) for tag in tags if tag != OUTSIDE}
    seen = {prefix for prefix, _ in parts}
    prefixes = [prefix for prefix in SCHEMES[scheme] if scheme != "any" or prefix in seen]
    types = sorted({entity_type for _, entity_type in parts})
    return [OUTSIDE, *(f"{prefix}-{name}" if name else prefix for name in types for prefix in prefixes)]


def _is_tag(tag, prefixes):
    return tag == OUTSIDE or (tag[:1] in prefixes and (len(tag) == 1 or (tag[1] == "-" and len(tag) > 2)))


def _may_follow(before, tag, scheme):
    """Whether `tag` may come directly after `before`; a sentence is taken to stand between two `O`."""
    if scheme in (PLAIN, "any"):
        return True
    (left, left_type), (right, right_type) = split_tag(in_bioes(before)), split_tag(in_bioes(tag))
    same_entity = left in ("B", "I") and left_type == right_type
    if scheme == "IOB2":
        return right != "I" or same_entity
    if scheme == "IOB1":
        return right != "B" or same_entity
    return right in ("I", "E") and same_entity if left in ("B", "I") else right in ("O", "B", "S")
