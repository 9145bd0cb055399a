"""What a file of words and tags holds, in lines for the user."""

import collections

from bert_tf.data.tag_schemes import OUTSIDE, PLAIN

# Of more tags than this only the most frequent and the rarest are listed, half and half.
_MAX_LISTED = 200
_LONG_SENTENCE = 1000


def tag_notices(sentences, scheme):
    """The tags of `ConllSentences` with their counts, and what is odd about them.

    Args:
        sentences: Read with tags.
        scheme: One of `SCHEMES`.

    Returns:
        A list of lines.
    """
    counts = collections.Counter(sentences.tags).most_common()
    listed = [f"{tag} {count}" for tag, count in counts]
    if len(listed) > _MAX_LISTED:
        half = _MAX_LISTED // 2
        listed[half:-half] = [f"… {len(listed) - 2 * half} more …"]
    notices = [f"{sentences.path}: tags of {len(sentences.words)} words: {', '.join(listed)}"]
    if len(counts) == 1 and (counts[0][0] == OUTSIDE or scheme == PLAIN):
        notices.append(
            f"{sentences.path}: every tag is {counts[0][0]}, so there is nothing to learn or to score: check "
            "--tag_column"
        )
    return notices


def line_notices(sentences, comment_prefix):
    """What is odd about the lines of `ConllSentences`, and which of them were left out; a list of lines."""
    notices = []
    path, firsts = sentences.path, sentences.splits[:-1]
    if sentences.comments:
        first = min(sentences.comments)
        notices.append(
            f"{path}: left out {len(sentences.comments)} lines that begin with {comment_prefix!r}, the first "
            f"in line {first}: {sentences.lines[first - 1]!r:.60}"
        )
    if sentences.parts:
        notices.append(
            f"{path}: left out {len(sentences.parts)} lines without a word of their own, ranges and empty "
            f"nodes of CoNLL-U, the first in line {min(sentences.parts)}"
        )
    doubtful = [word for word in firsts if _may_be_comment(sentences.words[word], sentences.line(word))]
    if doubtful and (2 * len(doubtful) >= len(firsts) or " " in sentences.words[doubtful[0]].strip()):
        notices.append(
            f"{sentences.place(doubtful[0])}: {sentences.line(doubtful[0])!r:.60} and {len(doubtful) - 1} more "
            "lines are read as words: if they are comments, leave them out with --comment_prefix"
        )
    length, longest = max((end - start, start) for start, end in zip(firsts, sentences.splits[1:]))
    if length > _LONG_SENTENCE:
        notices.append(
            f"{sentences.place(longest)}: a sentence of {length} words begins here: blank lines part sentences"
        )
    return notices


def _may_be_comment(word, line):
    """Whether a word that begins a sentence is `#` alone, or has a blank after it, as in a comment."""
    return line.startswith("#") and (not word.strip("#") or " " in word.strip())
