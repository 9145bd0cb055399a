"""Learns from the words of a corpus how to cut raw text into such words.

A corpus does not say where its texts had blanks. What can be seen is which characters stand
together in a word and which never do, and which punctuation is a word rather than part of one.
"""

import collections
import dataclasses
import itertools

import numpy as np
import tensorflow as tf

from bert_tf.tokenization.character_classes import (
    BLANKS,
    CLASSES,
    DIGITS,
    DROPPED,
    IDEOGRAPHS,
    LETTERS,
    MARKS,
    PUNCTUATION,
    SEPARABLE,
    SYMBOLS,
    class_names,
    classes_of,
)
from bert_tf.tokenization.corpus_words import ALL, NONE, WordCut, corpus_words
from bert_tf.tokenization.known_words import shapes
from bert_tf.tokenization.unicode_words import UnicodeWords
from bert_tf.tokenization.written_text import CLOSING, OPENING, QUOTES, joined

# So many words of several characters may be among those of a corpus that is cut into characters.
_STRAY = 0.01
# A rule that only one kind of evidence speaks for needs so much of it.
_ENOUGH = 5
_MAX_KEPT = 10_000
_MAX_PARTS = 6
_LONGEST_SHAPE = 6
_MAX_COUNTED, _MAX_JUDGED = 50_000, 2_000
_TIGHT_BETWEEN_DIGITS = ".,:"
_APOSTROPHE_ENDINGS = ("s", "m", "d", "t", "re", "ve", "ll")
_ENDINGS = (*(f"'{ending}" for ending in _APOSTROPHE_ENDINGS), "n't")


def learn_word_cut(sentences):
    """The cut that comes closest to a corpus.

    Args:
        sentences: A list of words for each sentence.

    Returns:
        `WordCut`, and the share of the sentences (of at most 2,000) that it cuts into the same words
        when these are joined as text is written.
    """
    corpus = _Corpus(sentences)
    cut = corpus.cut()
    return cut, corpus.share(cut)


class _Corpus:
    """The words of sentences, counted."""

    def __init__(self, sentences):
        self._sentences = sentences[:: -(-len(sentences) // _MAX_COUNTED)]
        self._words = collections.Counter(itertools.chain.from_iterable(self._sentences))
        self._pairs, self._triples = self._sequences(2), self._sequences(3)
        self._classes = {word: class_names(word) for word in self._words}
        self._classify = UnicodeWords(do_lower_case=False).classify

    def cut(self):
        """The `WordCut`."""
        if self._is_cut_into_characters():
            alone = [name for name in SEPARABLE if name != MARKS or self._has_marks_alone()]
            return WordCut(tuple(alone), ALL, sticky="", endings=())
        alone = self._alone()
        if self._has_only_white_space():
            return WordCut(alone, NONE, sticky="", endings=())
        if self._parts_all_punctuation():
            return WordCut(alone, ALL, sticky="", endings=())
        cut = WordCut(
            alone,
            inner=self._inner(),
            sticky="".join(char for char in WordCut.sticky if self._is_sticky(char)),
            endings=self._endings(),
            repeated=self._repeated(),
        )
        kept, kept_shapes = self._kept(cut)
        return dataclasses.replace(cut, kept=kept, kept_shapes=kept_shapes)

    def share(self, cut):
        """The share of the sentences that a cut finds again."""
        step = -(-len(self._sentences) // _MAX_JUDGED)
        judged = [list(filter(None, map(_visible, words))) for words in self._sentences[::step]]
        found = self._cut([joined(words, cut) for words in judged], cut)
        return sum(a == list(map(_visible, b)) for a, b in zip(judged, found)) / max(len(judged), 1)

    def _cut(self, texts, cut):
        if not texts:
            return []
        rows = corpus_words(*self._classify(tf.constant(texts)), cut)[0].to_list()
        return [[word.decode() for word in row] for row in rows]

    def _sequences(self, length):
        """How often each sequence of so many words occurs."""
        found = collections.Counter()
        for words in self._sentences:
            found.update(zip(*(words[start:] for start in range(length))))
        return found

    def _total(self, wanted):
        return sum(count for word, count in self._words.items() if wanted(word))

    def _is_cut_into_characters(self):
        """Whether a word is one character, with the marks that belong to it; also letters and digits."""
        singles, longer = self._sizes()
        are_alone = all(longer[name] <= singles[name] for name in (LETTERS, DIGITS))
        return are_alone and longer[None] <= _STRAY * (singles[None] + longer[None])

    def _sizes(self):
        """By class, and for `None` of any, the number of words of one character and of more with one of it."""
        singles, longer = collections.Counter(), collections.Counter()
        for word, count in self._words.items():
            names = [name for name in self._classes[word] if name not in (MARKS, DROPPED, BLANKS)]
            for name in {*names, None}:
                (longer if len(names) > 1 else singles)[name] += count * bool(names)
        return singles, longer

    def _has_marks_alone(self):
        alone = self._total(lambda word: set(self._classes[word]) == {MARKS})
        return alone > self._total(lambda word: {MARKS} < set(self._classes[word]))

    def _alone(self):
        """The classes whose characters stand next to each other as words, but not in one."""
        (singles, longer), between = self._sizes(), collections.Counter()
        for (left, right), count in self._pairs.items():
            if left and right and self._classes[left][-1] == self._classes[right][0]:
                between[self._classes[right][0]] += count
        alone = [name for name in SEPARABLE if name not in (MARKS, SYMBOLS, IDEOGRAPHS)]
        alone = [name for name in alone if between[name] > 10 * longer[name]]
        # Ideographs are words unless the corpus shows that they are not, symbols if most of them are.
        if 10 * longer[IDEOGRAPHS] <= between[IDEOGRAPHS]:
            alone.append(IDEOGRAPHS)
        if singles[SYMBOLS] > longer[SYMBOLS]:
            alone.append(SYMBOLS)
        if self._has_marks_alone():
            alone.append(MARKS)
        return tuple(alone)

    def _has_only_white_space(self):
        """Whether commas and the like stay with the word before them, as where white space alone parts words."""
        attached = self._total(lambda word: word[-1:] in tuple(',;:!?)"”') and word[:-1][-1:].isalnum())
        apart = self._total(lambda word: set(self._classes[word]) == {PUNCTUATION})
        for words in self._sentences:
            attached += len(words[-1]) > 2 and words[-1].endswith(".") and words[-1][:-1].isalnum()
        return attached > apart

    def _parts_all_punctuation(self):
        """Whether `3.5` and `don't` are several words each."""
        apart = 0
        for (left, middle, right), count in self._triples.items():
            tight = middle in tuple(_TIGHT_BETWEEN_DIGITS) and left.isdigit() and right.isdigit()
            tight |= middle in ("'", "’") and right.lower() in _APOSTROPHE_ENDINGS and left.isalpha()
            apart += count * tight
        return apart > self._total(lambda word: any(_inner_punctuation(word, self._classes[word])))

    def _inner(self):
        """The punctuation that is often between words and never inside of one."""
        inside, between = collections.Counter(), collections.Counter()
        for word, count in self._words.items():
            for char in _inner_punctuation(word, self._classes[word]):
                inside[char] += count
        for (left, middle, right), count in self._triples.items():
            if len(middle) == 1 and self._classes[middle] == (PUNCTUATION,) and middle not in CLOSING:
                between[middle] += count * (left[-1:].isalnum() and right[:1].isalnum())
        return "".join(sorted(char for char in between if between[char] >= _ENOUGH and not inside[char]))

    def _is_sticky(self, char):
        apart = sum(
            count for (left, right), count in self._pairs.items() if left == char and right[:1].isalnum()
        )
        return self._total(lambda word: word.startswith(char) and word[1:2].isalnum()) >= apart

    def _endings(self):
        """The ends of words that are words more often than not; those not seen, as the others."""
        apart, whole = collections.Counter(), collections.Counter()
        for word, count in self._words.items():
            text = word.lower().replace("’", "'")
            ending = "n't" if text.endswith("n't") else next(filter(text.endswith, _ENDINGS), None)
            if ending:
                (apart if text == ending else whole)[ending] += count
        chosen = [ending for ending in _ENDINGS if apart[ending] > whole[ending]]
        if apart.total() >= whole.total():
            chosen += [ending for ending in WordCut.endings if not apart[ending] + whole[ending]]
        return tuple(ending for ending in chosen if ending != "'t" or "n't" not in chosen)

    def _repeated(self):
        whole = collections.Counter()
        for word, count in self._words.items():
            if set(self._classes[word]) == {PUNCTUATION} and len(word) > 1 and len(set(word)) == 1:
                whole[word[0]] += count
        return "".join(sorted(char for char in whole if whole[char] > self._pairs[char, char]))

    def _kept(self, cut):
        """Words, and shapes of words, that a cut would part although the corpus mostly does not."""
        words = [word for word in self._words if {BLANKS, DROPPED}.isdisjoint(self._classes[word])]
        parts = {word: tuple(row) for word, row in zip(words, self._cut(words, cut)) if len(row) > 1}
        sequences = {
            length: self._sequences(length)
            for length in {len(row) for row in parts.values()} | {2, 3}
            if length <= _MAX_PARTS
        }
        counts = {word: self._words[word] for word in parts}
        kept = {
            word: count
            for word, count in counts.items()
            if count >= sequences.get(len(parts[word]), {}).get(parts[word], 0)
        }
        kept = dict(sorted(kept.items(), key=lambda item: (-item[1], item[0]))[:_MAX_KEPT])
        return kept, self._kept_shapes(counts, sequences)

    def _kept_shapes(self, counts, sequences):
        whole, apart = collections.Counter(), collections.Counter()
        for shape, count in zip(self._shapes(counts), counts.values()):
            whole[shape] += count
        for length in (2, 3):
            rows = {
                "".join(row): count
                for row, count in sequences[length].items()
                if any(self._classes[word] == (PUNCTUATION,) for word in row)
            }
            for shape, count in zip(self._shapes(rows), rows.values()):
                apart[shape] += count
        return tuple(sorted(shape for shape in whole if whole[shape] > apart[shape] and _says_more(shape)))

    def _shapes(self, texts):
        if not texts:
            return []
        spaced = [text + " " for text in texts]
        classes = np.concatenate([classes_of(text) for text in spaced])
        is_letter = ~np.isin(classes, [CLASSES.index(PUNCTUATION), CLASSES.index(BLANKS)])
        is_digit = classes == CLASSES.index(DIGITS)
        decoded = tf.strings.unicode_decode(spaced, "UTF-8")
        rows = shapes(decoded, (tf.constant(is_letter), tf.constant(is_digit)))
        return [row.decode() for row in rows.numpy()]


def _says_more(shape):
    """Whether that some words of a shape are not cut tells anything of others.

    That `Mr.` is a word says nothing of `Rome.`, nor `'em` of other words after a quotation mark.
    """
    is_outer = shape[0] in QUOTES + OPENING[:3] or shape[-1] in CLOSING.replace("%", "").replace(".", "")
    return (
        len(shape) <= _LONGEST_SHAPE and shape != "w." and not is_outer and not set("w0U").isdisjoint(shape)
    )


def _inner_punctuation(word, classes):
    """The punctuation that stands between two letters or digits of a word."""
    places = range(1, len(word) - 1)
    return [
        word[place]
        for place in places
        if classes[place] == PUNCTUATION and {classes[place - 1], classes[place + 1]} <= {LETTERS, DIGITS}
    ]


def _visible(word):
    """A word without characters that BERT drops; "" if none is left but blanks."""
    names = class_names(word)
    if BLANKS not in names and DROPPED not in names:
        return word
    text = "".join(char for char, name in zip(word, names) if name != DROPPED)
    return text if text.strip() else ""
