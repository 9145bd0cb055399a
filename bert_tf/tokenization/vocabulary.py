"""The word pieces a model knows: vocab.txt, one piece a line, its id the line's number from 0."""

import dataclasses
import pathlib
import re

from bert_tf.errors import UserError

PAD = "[PAD]"
UNK = "[UNK]"
CLS = "[CLS]"
SEP = "[SEP]"
MASK = "[MASK]"
SPECIAL_TOKENS = (PAD, UNK, CLS, SEP, MASK)

# The Chinese vocabulary has a line "U+2028" and a line "##U+2028", of which stripping leaves these
# two. No word is empty and every continuation has a character, so neither can ever be matched.
_UNREACHABLE = ("", "##")

_SHAPE = r"_L-\d+_H-\d+_A-\d+"
_LOWER_CASED = re.compile(r"((wwm_)?uncased|multilingual|chinese)" + _SHAPE)
_CASED = re.compile(r"(wwm_|multi_)?cased" + _SHAPE)


@dataclasses.dataclass(frozen=True)
class Vocabulary:
    """Word pieces and their ids.

    Args:
        tokens: The pieces in the order of their ids.
        ids: From a piece to its id.
    """

    tokens: tuple
    ids: dict

    def __len__(self):
        return len(self.tokens)


def load_vocab(vocab_file):
    """Reads a vocab.txt (Google's `tokenization.py`, `load_vocab`).

    As there, a line ends at a newline only and is stripped of every white space that
    `str.strip` knows, so each of Google's vocabularies gets Google's ids.

    Args:
        vocab_file: Path of a UTF-8 text file.

    Returns:
        A `Vocabulary`.

    Raises:
        UserError: If the file cannot be read, is empty or no UTF-8, holds a piece
            twice, or lacks one of `SPECIAL_TOKENS`.
    """
    lines = _read_lines(vocab_file)
    tokens = tuple(line.strip() for line in lines)
    _check_duplicates(vocab_file, lines, tokens)
    ids = {token: index for index, token in enumerate(tokens)}
    missing = [token for token in SPECIAL_TOKENS if token not in ids]
    if missing:
        raise UserError(
            f"{vocab_file}: {' '.join(missing)} missing: give the vocab.txt that came with "
            "the checkpoint, or add each on a line of its own before pre-training"
        )
    return Vocabulary(tokens, ids)


def check_vocab_size(vocabulary, config, vocab_file, config_file):
    """Makes sure that every id of the vocabulary has its row in the embedding table, and the reverse.

    Raises:
        UserError: If `vocabulary` has not `config.vocab_size` pieces.
    """
    if len(vocabulary) != config.vocab_size:
        raise UserError(
            f"{vocab_file}: {len(vocabulary)} lines, but {config_file} says vocab_size "
            f"{config.vocab_size}: give the two files of the same checkpoint"
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


def _read_lines(vocab_file):
    try:
        content = pathlib.Path(vocab_file).read_bytes()
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


def _check_duplicates(vocab_file, lines, tokens):
    """Google's loader lets the later line win, and the earlier row of the table is never used again.

    Pieces out of reach are compared as they stand in the file, where odd white space
    tells them apart: what they share after stripping changes no word's ids.
    """
    if len(set(tokens)) == len(tokens):
        return
    first_lines = {}
    for number, (line, token) in enumerate(zip(lines, tokens), start=1):
        first = first_lines.setdefault(line if token in _UNREACHABLE else token, number)
        if first != number:
            what = f"{token!r} again" if token else "empty again"
            raise UserError(
                f"{vocab_file}:{number}: {what} after line {first}: "
                "each word piece may stand on one line only"
            )
