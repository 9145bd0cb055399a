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
            f"{path}: lines left out that begin with {comment_prefix!r}: {len(sentences.comments)}, the first is "
            f"{first}: {sentences.lines[first - 1]!r:.60}"
        )
    if sentences.parts:
        notices.append(
            f"{path}: lines left out that hold no word of their own, ranges and empty nodes of CoNLL-U: "
            f"{len(sentences.parts)}, the first is {min(sentences.parts)}"
        )
    if _are_numbers(sentences):
        notices.append(
            f"{path}: the words are the numbers of words, from 1 on in each sentence: check --text_column"
        )
    doubtful = [word for word in firsts if _may_be_comment(sentences.words[word], sentences.line(word))]
    if doubtful and (2 * len(doubtful) >= len(firsts) or " " in sentences.words[doubtful[0]].strip()):
        notices.append(
            f"{sentences.place(doubtful[0])}: {sentences.line(doubtful[0])!r:.60} is read as a word, and so are "
            f"{len(doubtful) - 1} more lines like it: if they are comments, leave them out with --comment_prefix"
        )
    length, longest = max((end - start, start) for start, end in zip(firsts, sentences.splits[1:]))
    if length > _LONG_SENTENCE:
        notices.append(
            f"{sentences.place(longest)}: a sentence of {length} words begins here: blank lines part sentences"
        )
    return notices


def _are_numbers(sentences):
    """Whether the column taken for the words counts them."""
    rows = sentences.by_sentence(sentences.words)
    return len(sentences.words) > 1 and all(
        row == [str(number) for number in range(1, len(row) + 1)] for row in rows
    )


def _may_be_comment(word, line):
    """Whether a word that begins a sentence is `#` alone, or has a blank after it, as in a comment."""
    return line.startswith("#") and (not word.strip("#") or " " in word.strip())
