"""Tags that mark entities word by word: a prefix that says where in an entity, and its type.

`B` begins an entity, `I` is inside, `E` ends and `S` is a whole one; `O` is outside of any. The
type follows after a hyphen; where there is one type only it may be left out.
"""

from bert_tf.errors import UserError

OUTSIDE = "O"

# The prefixes of each scheme. "any" reads tags as the CoNLL tasks' conlleval does, in any order.
SCHEMES = {"any": "BIES", "IOB1": "BI", "IOB2": "BI", "BIOES": "BIES"}


def split_tag(tag):
    """Prefix and type of a tag: `B-LOC` is "B" and "LOC", `O` is "O" and ""."""
    return tag[:1], tag[2:]


def check_tags(sentences, scheme):
    """Makes sure that the tags of `ConllSentences` fit a scheme of `SCHEMES`.

    IOB2 begins each entity with `B`; IOB1 only one that directly follows another of its type;
    BIOES begins with `B`, ends with `E`, and has `S` for an entity of one word.

    Raises:
        UserError: For the first tag that does not; the message names its line.
    """
    start = 0
    for tags in sentences.by_sentence(sentences.tags):
        for word, tag in enumerate(tags, start):
            if not _is_tag(tag, SCHEMES[scheme]):
                raise UserError(
                    f"{sentences.place(word)}: {tag!r} is no tag of --tag_scheme={scheme} ({OUTSIDE}, and "
                    f"{', '.join(SCHEMES[scheme])} with -TYPE): correct it, or check --tag_column"
                )
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


def labels_of(tags, scheme):
    """The labels that a model needs for the tags of its training data.

    Args:
        tags: The tags.
        scheme: One of `SCHEMES`.

    Returns:
        A list: `O`, then for each type, sorted, its tags of the scheme, also those that did not
        occur; with "any", of the prefixes that occurred with some type.
    """
    parts = {split_tag(tag) for tag in tags if tag != OUTSIDE}
    seen = {prefix for prefix, _ in parts}
    prefixes = [prefix for prefix in SCHEMES[scheme] if scheme != "any" or prefix in seen]
    types = sorted({entity_type for _, entity_type in parts})
    return [OUTSIDE, *(f"{prefix}-{name}" if name else prefix for name in types for prefix in prefixes)]


def _is_tag(tag, prefixes):
    return tag == OUTSIDE or (tag[:1] in prefixes and (len(tag) == 1 or (tag[1] == "-" and len(tag) > 2)))


def _may_follow(before, tag, scheme):
    """Whether `tag` may come directly after `before`; a sentence is taken to stand between two `O`."""
    (left, left_type), (right, right_type) = split_tag(before), split_tag(tag)
    goes_on = left in "BI" and left_type == right_type
    if scheme == "IOB2":
        return right != "I" or goes_on
    if scheme == "IOB1":
        return right != "B" or goes_on
    if scheme == "BIOES":
        return right in "IE" and goes_on if left in "BI" else right in "OBS"
    return True
