"""The word pieces a model knows: vocab.txt, one piece a line, its id the line's number from 0."""

import codecs
import collections
import dataclasses
import pathlib
import re

from bert_tf.errors import UserError
from bert_tf.progress import say
from bert_tf.tokenization.unicode_rules import strip_accents

PAD = "[PAD]"
UNK = "[UNK]"
CLS = "[CLS]"
SEP = "[SEP]"
MASK = "[MASK]"
SPECIAL_TOKENS = (PAD, UNK, CLS, SEP, MASK)

# What every script needs; padding and masks are the business of some.
_NEEDED = (UNK, CLS, SEP)
_SPECIAL = re.compile(r"\[.*\]|<.*>")

# From this share of its pieces on a vocabulary is taken for one of text in its own case.
_CASED_SHARE = 0.01

_SHAPE = r"_L-\d+_H-\d+_A-\d+"
_LOWER_CASED = re.compile(r"((wwm_)?uncased|multilingual|chinese)" + _SHAPE)
_CASED = re.compile(r"(wwm_|multi_)?cased" + _SHAPE)


@dataclasses.dataclass(frozen=True)
class Vocabulary:
    """Word pieces and their ids.

    Args:
        tokens: The pieces in the order of their ids. A blank line among them is "", which no word
            matches (so are lines of odd white space, as the Chinese vocabulary has).
        ids: From a piece to its id; of a piece that stands there twice, that of the later line.
        ends_blank: Whether blank lines at the end were left out.
    """

    tokens: tuple
    ids: dict
    ends_blank: bool = False

    def __len__(self):
        return len(self.tokens)

    def drawn_ids(self):
        """The ids that Google's code draws random words from, in its order: each different line once.

        It takes blank lines at the end for a word too, whose id has no row in most models. As many draws
        are made here, and that one gives [UNK].
        """
        ids = list(self.ids.values())
        return [*ids, self.ids[UNK]] if self.ends_blank and "" not in self.ids else ids


def load_vocab(vocab_file, also_needed=()):
    """Reads a vocab.txt (Google's `tokenization.py`, `load_vocab`).

    As there, a line ends at a newline only and is stripped of every white space that
    `str.strip` knows, so each of Google's vocabularies gets Google's ids. A byte order mark is
    skipped, and blank lines at the end are left out.

    Args:
        vocab_file: Path of a UTF-8 text file.
        also_needed: Special tokens that it must have besides those that every model needs.

    Returns:
        A `Vocabulary`.

    Raises:
        UserError: If the file cannot be read, is empty or no UTF-8, or lacks a special token.
    """
    all_lines = read_lines(vocab_file)
    tokens = [line.strip() for line in all_lines]
    while not tokens[-1]:
        tokens.pop()
    ids = {token: index for index, token in enumerate(tokens)}
    missing = [token for token in (*_NEEDED, *also_needed) if token not in ids]
    if missing:
        raise UserError(f"{vocab_file}: {' '.join(missing)} missing{_remedy(all_lines)}")
    return Vocabulary(tuple(tokens), ids, len(tokens) < len(all_lines))


def check_vocabulary(vocab_file, config, config_file, do_lower_case):
    """All checks of a vocab.txt that a script with a model makes before it begins.

    Raises:
        UserError: As of `load_vocab` and `check_vocab_size`.
    """
    vocabulary = load_vocab(vocab_file)
    check_vocab_size(vocabulary, config, vocab_file, config_file)
    note_case(vocabulary, do_lower_case, vocab_file)


def check_vocab_size(vocabulary, config, vocab_file, config_file):
    """Makes sure that every id of the vocabulary has its row in the embedding table.

    Says so where rows are left over, and where a piece stands there twice, as Google's code takes it too.

    Raises:
        UserError: If `vocabulary` has more than `config.vocab_size` lines.
    """
    if len(vocabulary) > config.vocab_size:
        raise UserError(
            f"{vocab_file}: {len(vocabulary)} lines, but {config_file} says vocab_size "
            f"{config.vocab_size}: give the two files of the same checkpoint"
        )
    beyond = config.vocab_size - len(vocabulary)
    if beyond:
        say(
            f"{vocab_file}: {len(vocabulary)} lines for vocab_size {config.vocab_size} of {config_file}: "
            f"{beyond} rows have no piece; if the files are of different models, give those of one"
        )
    counts = collections.Counter(filter(None, vocabulary.tokens))
    again = [token for token, count in counts.items() if count > 1]
    if again:
        names = " ".join(again[:3]) + (" …" if len(again) > 3 else "")
        say(f"{vocab_file}: {len(again)} pieces stand there twice, of which the later counts: {names}")


def note_case(vocabulary, do_lower_case, vocab_file):
    """Says so where `do_lower_case` does not go with the case that the pieces are in."""
    pieces = [token.removeprefix("##") for token in vocabulary.tokens if not _SPECIAL.fullmatch(token)]
    if do_lower_case:
        lost = sum(strip_accents(piece.lower()) != piece for piece in pieces)
        if lost >= _CASED_SHARE * len(pieces) and lost:
            say(
                f"{vocab_file}: {lost} of {len(pieces)} pieces have capitals or accents, which "
                "do_lower_case=true takes from the text, so that they are never found: give "
                "--do_lower_case=false for a cased model, or the vocabulary of a lower-cased one"
            )
        return
    small = sum(piece.upper() != piece for piece in pieces)
    if small >= _CASED_SHARE * len(pieces) and small and not any(piece.lower() != piece for piece in pieces):
        say(
            f"{vocab_file}: no piece has a capital, so that with do_lower_case=false every word with one is "
            f"cut otherwise than in training, mostly to {UNK}: give --do_lower_case=true for a lower-cased "
            "model, or the vocabulary of a cased one"
        )


def validate_case_matches_checkpoint(do_lower_case, init_checkpoint):
    """Compares `do_lower_case` with the name of a released checkpoint's folder.

    Google's `tokenization.py` has the same check for its first seven models; this one
    knows the names of all that were released. Any other name is left alone.

    Args:
        do_lower_case: Whether the input is to be lower-cased.
        init_checkpoint: Path of a checkpoint or its folder; may be empty or `None`.

    Raises:
        UserError: If the checkpoint was trained on the other case.
    """
    for name in pathlib.PurePath(init_checkpoint or "").parts[-2:]:
        if _LOWER_CASED.fullmatch(name) and not do_lower_case:
            made_from, remedy = "lower-cased", "true"
        elif _CASED.fullmatch(name) and do_lower_case:
            made_from, remedy = "cased", "false"
        else:
            continue
        raise UserError(
            f"{init_checkpoint}: {name} was trained on {made_from} text: use --do_lower_case={remedy}"
        )


def read_lines(vocab_file):
    """The lines of a vocab.txt as they stand there, without their newlines.

    Raises:
        UserError: As of `load_vocab`.
    """
    try:
        content = pathlib.Path(vocab_file).read_bytes().removeprefix(codecs.BOM_UTF8)
    except OSError as error:
        raise UserError(f"{vocab_file}: {error.strerror}: give the path of a vocab.txt") from None
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        number = content.count(b"\n", 0, error.start) + 1
        raise UserError(
            f"{vocab_file}:{number}: not UTF-8 ({error.reason}): save the file as UTF-8"
        ) from None
    if not text.strip():
        raise UserError(f"{vocab_file}: empty: give a vocab.txt with one word piece a line")
    return text.removesuffix("\n").split("\n")


def _remedy(lines):
    """What to do about a file without special tokens, by what it looks like."""
    if lines[0].lstrip().startswith("{"):
        return ": the file is JSON: give a vocab.txt with one word piece a line"
    if len(lines) == 1 and "\r" in lines[0].strip():
        return ": its lines end in CR alone: save the file with LF or CR LF"
    return (
        ": give the vocab.txt that came with the checkpoint, or add each on a line of its own before "
        "pre-training"
    )
