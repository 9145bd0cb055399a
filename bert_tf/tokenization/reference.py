"""BERT's tokenizer in plain Python: the yardstick for the one that runs in the graph.

The rules are those of Google's `tokenization.py`, under its names. Text is cleaned,
split at white space, lower-cased and rid of accents if asked, split at punctuation,
and each word is then cut into the longest pieces of the vocabulary.
"""

from bert_tf.tokenization import unicode_rules
from bert_tf.tokenization.vocabulary import UNK, load_vocab

MAX_INPUT_CHARS_PER_WORD = 200

# Words are drawn by Zipf's law, so a cache answers most of them; this bounds its memory.
_CACHED_WORDS = 1 << 18


class FullTokenizer:
    """Text to word pieces and ids.

    Args:
        vocab_file: Path of vocab.txt.
        do_lower_case: Whether to lower-case the text and strip its accents; must be
            what the checkpoint was trained with.

    Raises:
        UserError: If the vocabulary is wrong, see `vocabulary.load_vocab`.
    """

    def __init__(self, vocab_file, do_lower_case=True):
        self.vocabulary = load_vocab(vocab_file)
        self.vocab = self.vocabulary.ids
        self.inv_vocab = {index: token for token, index in self.vocab.items()}
        self.basic_tokenizer = BasicTokenizer(do_lower_case)
        self.wordpiece_tokenizer = WordpieceTokenizer(self.vocab)
        self._pieces = {}

    def tokenize(self, text):
        """The word pieces of a text (`str`, or `bytes` of UTF-8), as a list of `str`."""
        pieces = []
        for word in self.basic_tokenizer.whitespace_tokens(text):
            known = self._pieces.get(word)
            pieces.extend(self._remember(word) if known is None else known)
        return pieces

    def convert_tokens_to_ids(self, tokens):
        """The ids of word pieces; `KeyError` for one that the vocabulary lacks."""
        return [self.vocab[token] for token in tokens]

    def convert_ids_to_tokens(self, ids):
        """The word pieces of ids; `KeyError` for one that the vocabulary lacks."""
        return [self.inv_vocab[index] for index in ids]

    def _remember(self, word):
        if len(self._pieces) >= _CACHED_WORDS:
            self._pieces.clear()
        pieces = []
        for token in self.basic_tokenizer.split_word(word):
            pieces.extend(self.wordpiece_tokenizer.tokenize(token))
        self._pieces[word] = pieces
        return pieces


class BasicTokenizer:
    """Text to words and punctuation, before any vocabulary.

    Args:
        do_lower_case: Whether to lower-case the text and strip its accents.
    """

    def __init__(self, do_lower_case=True):
        self.do_lower_case = do_lower_case
        self._cleaned = _Cleaned()

    def tokenize(self, text):
        """The words of a text (`str`, or `bytes` of UTF-8), as a list of `str`."""
        return [token for word in self.whitespace_tokens(text) for token in self.split_word(word)]

    def whitespace_tokens(self, text):
        """The text cleaned and split at white space; ideographs stand alone."""
        return convert_to_unicode(text).translate(self._cleaned).split()

    def split_word(self, word):
        """One of `whitespace_tokens`, in the case asked for, split at punctuation."""
        if self.do_lower_case:
            # The word as a whole: whether a capital sigma is final depends on its neighbours.
            word = unicode_rules.strip_accents(word.lower())
        if word.isalnum():
            return [word]
        return "".join(f" {char} " if unicode_rules.is_punctuation(char) else char for char in word).split()


class WordpieceTokenizer:
    """Words to pieces of the vocabulary, the longest first from left to right.

    Args:
        vocab: Mapping whose keys are the pieces; `##` marks those inside a word.
        unk_token: What a word becomes that cannot be cut into pieces.
        max_input_chars_per_word: Longest word that is looked up, in characters.
    """

    def __init__(self, vocab, unk_token=UNK, max_input_chars_per_word=MAX_INPUT_CHARS_PER_WORD):
        self.vocab = vocab
        self.unk_token = unk_token
        self.max_input_chars_per_word = max_input_chars_per_word

    def tokenize(self, text):
        """The pieces of the words of a text, as a list of `str`.

        `unaffable` becomes `un ##aff ##able`.
        """
        return [piece for word in convert_to_unicode(text).split() for piece in self._split(word)]

    def _split(self, word):
        if len(word) > self.max_input_chars_per_word:
            return [self.unk_token]
        pieces = []
        start = 0
        while start < len(word):
            piece, start = self._longest_piece(word, start)
            if piece is None:
                return [self.unk_token]
            pieces.append(piece)
        return pieces

    def _longest_piece(self, word, start):
        prefix = "##" if start else ""
        for end in range(len(word), start, -1):
            piece = prefix + word[start:end]
            if piece in self.vocab:
                return piece, end
        return None, start


def convert_to_unicode(text):
    """The text as `str`; of `bytes`, what is not UTF-8 is left out."""
    return text.decode("utf-8", "ignore") if isinstance(text, bytes) else text


class _Cleaned(dict):
    """`unicode_rules.clean` as a table for `str.translate`, filled as characters are met."""

    def __missing__(self, code_point):
        self[code_point] = unicode_rules.clean(chr(code_point))
        return self[code_point]
