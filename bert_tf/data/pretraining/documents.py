"""From lines of text to documents of word piece ids: one sentence a line, a blank line between documents."""

import array
import dataclasses

import numpy as np

from bert_tf.errors import UserError
from bert_tf.tokenization.vocabulary import UNK

# Entries of the word cache; at some 200 bytes each they bound what a process spends on it.
_CACHED_WORDS = 1 << 18

# A sentence from elsewhere needs another document.
LEAST_DOCUMENTS = 2

# Where no larger share of the sentences can be followed by their own next one, it is worth a line.
_FEW_FOLLOWED = 0.02


def id_type(vocabulary):
    """The smallest unsigned numpy type that holds every id of a vocabulary."""
    return np.dtype(np.uint16 if max(vocabulary.ids.values()) < 1 << 16 else np.uint32)


@dataclasses.dataclass(frozen=True)
class Sentences:
    """Consecutive sentences, one after the other.

    Args:
        ids: [tokens] ids of `id_type`.
        lengths: [sentences] uint32, number of tokens of each. In a block fresh from a
            file a length of 0 is the blank line that ends a document.
    """

    ids: np.ndarray
    lengths: np.ndarray


class SentenceEncoder:
    """Lines to ids, remembering the pieces of each word it has met.

    Args:
        tokenizer: A `FullTokenizer`.
    """

    def __init__(self, tokenizer):
        self._basic = tokenizer.basic_tokenizer
        self._pieces = _WordPieces(tokenizer)
        self._type_code = id_type(tokenizer.vocabulary).char

    def encode(self, block):
        """The `Sentences` of a `TextBlock`; a line without any token is none.

        Raises:
            UserError: If the block is not UTF-8, or has the line ends of old Macs.
        """
        _check_line_ends(block)
        ids, lengths = array.array(self._type_code), array.array("I")
        for line in block.lines():
            before = len(ids)
            for word in self._words(line):
                ids.extend(self._pieces[word])
            # Google asks the line, not its tokens: one of nothing but control characters ends no document.
            if len(ids) > before or not line.strip():
                lengths.append(len(ids) - before)
        return Sentences(np.frombuffer(ids, ids.typecode), np.frombuffer(lengths, np.uint32))

    def _words(self, line):
        if line.isascii() and line.isprintable():  # Then there is nothing to clean.
            return line.split()
        return self._basic.whitespace_tokens(line)


def _check_line_ends(block):
    """A file whose lines end in "\\r" alone would be one sentence."""
    if block.first_line == 1 and b"\n" not in block.data and block.data.rstrip().count(b"\r") > 1:
        raise UserError(
            f"{block.path}:1: lines that end in CR alone: save the file with line ends of LF or CRLF"
        )


class _WordPieces(dict):
    """From a word between spaces to the ids of its pieces, filled as words are met."""

    def __init__(self, tokenizer):
        super().__init__()
        self._tokenizer = tokenizer

    def __missing__(self, word):
        if len(self) >= _CACHED_WORDS:
            self.clear()
        ids = self._tokenizer.vocab
        split = self._tokenizer.wordpiece_tokenizer.tokenize
        tokens = self._tokenizer.basic_tokenizer.split_word(word)
        self[word] = pieces = tuple(ids[piece] for token in tokens for piece in split(token))
        return pieces


def split_documents(blocks):
    """Joins blocks of `Sentences` and cuts them at the blank lines.

    As in Google's script the end of a file ends no document: begin or end files with a
    blank line where it should.

    Yields:
        `Sentences`, one for each document that has any.
    """
    begun = []
    for block in blocks:
        blanks = np.flatnonzero(block.lengths == 0)
        token_ends = np.cumsum(block.lengths, dtype=np.int64)
        sentence, token = 0, 0
        for blank in blanks.tolist():
            token_end = int(token_ends[blank])
            begun.append(Sentences(block.ids[token:token_end], block.lengths[sentence:blank]))
            yield from _joined(begun)
            begun, sentence, token = [], blank + 1, token_end
        begun.append(Sentences(block.ids[token:], block.lengths[sentence:]))
    yield from _joined(begun)


def _joined(parts):
    parts = [part for part in parts if len(part.lengths)]
    if parts:
        yield Sentences(
            np.concatenate([part.ids for part in parts]), np.concatenate([part.lengths for part in parts])
        )


class CorpusCensus:
    """Counts documents on their way, and tells whether instances can be made from them.

    Args:
        vocabulary: The `Vocabulary` the ids come from.
        max_num_tokens: How many tokens of text an instance has at most.
    """

    def __init__(self, vocabulary, max_num_tokens):
        self._unknown = vocabulary.ids[UNK]
        self._max_num_tokens = max_num_tokens
        self.documents = self.sentences = self.tokens = self.unknown_tokens = 0
        self.shortest_sentence = None
        # Sentences that can stand in an instance with the one that follows them, and tokens of sentences cut
        # to an instance's length.
        self._followed = self._usable_tokens = 0

    def count(self, documents):
        """Passes the documents on and counts them."""
        for document in documents:
            self.documents += 1
            self.sentences += len(document.lengths)
            self.tokens += len(document.ids)
            self.unknown_tokens += int(np.count_nonzero(document.ids == self._unknown))
            shortest = int(document.lengths.min())
            self.shortest_sentence = min(shortest, self.shortest_sentence or shortest)
            self._followed += int(np.count_nonzero(document.lengths[:-1] < self._max_num_tokens))
            self._usable_tokens += int(np.minimum(document.lengths, self._max_num_tokens).sum(dtype=np.int64))
            yield document

    @property
    def least_instances(self):
        """How many instances one pass makes at least: one of each document, and of so many tokens."""
        # A run of sentences ends with the one that makes it long enough, which may be as long again.
        return max(self.documents, self._usable_tokens // (2 * self._max_num_tokens))

    def check(self, name):
        """Makes sure that both tasks of pretraining can be learned from the documents.

        Args:
            name: The input, for messages.

        Returns:
            A line on what will hardly be learned, "" where there is nothing to say.

        Raises:
            UserError: If there are fewer than two documents, if no two sentences ever go
                into one instance, or if most tokens are unknown to the vocabulary.
        """
        if not self.documents:
            raise UserError(f"{name}: no text: give files with one sentence a line")
        if self.documents < LEAST_DOCUMENTS:
            raise UserError(
                f"{name}: one document only, so no sentence can follow at random from another: "
                "put a blank line between documents, also where a file ends"
            )
        if self.shortest_sentence >= self._max_num_tokens:
            raise UserError(
                f"{name}: every line has {self._max_num_tokens} tokens or more, as many as fit beside "
                "[CLS] and two [SEP]: put one sentence on a line, or raise max_seq_length"
            )
        if self.unknown_tokens * 2 > self.tokens:
            raise UserError(
                f"{name}: {self.unknown_tokens:,} of {self.tokens:,} tokens are {UNK}: give the "
                "vocabulary of the text's language, and do_lower_case as it was made with"
            )
        return self._said_of_next_sentences(name)

    def _said_of_next_sentences(self, name):
        if self._followed > _FEW_FOLLOWED * self.sentences:
            return ""
        if self.documents == self.sentences:
            why, how_many = "every document has one sentence", "every"
        else:
            why = (
                f"of {self.sentences:,} sentences only {self._followed:,} fit into an instance with the one "
                "that follows them"
            )
            how_many = "nearly every"
        return (
            f"{name}: {why}, so the second half of {how_many} instance is from elsewhere (next_sentence_labels "
            "1), and next sentence prediction learns nothing: put one sentence on a line, the sentences of a "
            "document on lines without a blank one between, and a blank line between documents"
        )
