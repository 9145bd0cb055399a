"""Where pieces came from: the tokenizer in the graph against one in Python that carries offsets along."""

import random
import re
import unicodedata

import pytest
import tensorflow as tf

from bert_tf.tokenization import unicode_rules
from bert_tf.tokenization.in_graph import InGraphTokenizer
from bert_tf.tokenization.reference import FullTokenizer

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
# The planes with more than unassigned and private code points.
ASSIGNED_PLANES = [*range(0xD800), *range(0xE000, 0x33000), *range(0xE0000, 0xE0200)]
DELICATE = (
    "Σσςä.'\u00b7Α\u0345\u0301\u0316\u034f\u302e\u302f\U00016ff0\U0001d165\U0001d16d\U0001d15e"
    "\u1715\u0d4a한각\u1100\u1161\u11a8中\uf900½ﬃİıßẞǅ\u212b$«\u00ad\u200d\0\ufffd\x0b\x85\t \u00a0\u2028"
)
PAIRS = ["ab", "bc", "e\u0301", "σς", "\u1100\u1161", "ss", "중국", "ασ", "\U0001d165\u302e", "i\u0307"]


class CarriedOffsets:
    """The reference's rules, applied to (character, place in the text) one after the other."""

    def __init__(self, vocab_file, do_lower_case):
        self.reference = FullTokenizer(vocab_file, do_lower_case)
        self.do_lower_case = do_lower_case

    def __call__(self, text):
        """(id, start, end) of each piece."""
        pieces = []
        for word in self._tokens(text):
            spelling = "".join(char for char, _ in word)
            taken = 0
            for piece in self.reference.wordpiece_tokenizer.tokenize(spelling):
                length = len(word) if piece == "[UNK]" else len(piece.removeprefix("##"))
                places = [place for _, place in word[taken : taken + length]]
                end = max(self._end(text, place) for place in places)
                pieces.append((self.reference.vocab[piece], min(places), end))
                taken += length
        return pieces

    def _tokens(self, text):
        cleaned = [(new, place) for place, char in enumerate(text) for new in unicode_rules.clean(char)]
        for word in split(cleaned, lambda char: char.isspace()):
            current = []
            for char, place in self._lowered(word) if self.do_lower_case else word:
                if unicode_rules.is_punctuation(char):
                    yield from filter(None, [current, [(char, place)]])
                    current = []
                else:
                    current.append((char, place))
            yield from filter(None, [current])

    def _lowered(self, word):
        whole = "".join(char for char, _ in word)
        lowered = whole.lower()
        chars, position = [], 0
        for char, place in word:
            length = len(char.lower())
            chars += [(new, place) for new in lowered[position : position + length]]
            position += length
        decomposed = [(new, place) for char, place in chars for new in unicodedata.normalize("NFD", char)]
        ordered = []
        for item in decomposed:  # Unicode, section 3.11: marks are sorted between two starters.
            at = len(ordered)
            rank = unicodedata.combining(item[0])
            while rank and at and unicodedata.combining(ordered[at - 1][0]) > rank:
                at -= 1
            ordered.insert(at, item)
        assert "".join(char for char, _ in ordered) == unicodedata.normalize("NFD", lowered)
        return [item for item in ordered if unicodedata.category(item[0]) != "Mn"]

    def _end(self, text, place):
        """Behind the character and the accents that are stripped after it."""
        end = place + 1
        for after in range(place + 1, len(text)):
            if not unicode_rules.clean(text[after]):
                continue
            if not self.do_lower_case or unicode_rules.strip_accents(text[after].lower()):
                break
            end = after + 1
        return end


def split(chars, is_separator):
    words = [[]]
    for item in chars:
        if is_separator(item[0]):
            words.append([])
        else:
            words[-1].append(item)
    return filter(None, words)


@pytest.fixture(name="tokenizers", scope="module", params=[True, False], ids=["lower", "cased"])
def fixture_tokenizers(request, tmp_path_factory):
    """The tokenizer in the graph and its yardstick, with a piece for every character and some longer ones."""
    path = tmp_path_factory.mktemp("alphabet") / "vocab.txt"
    chars = [char for char in map(chr, ASSIGNED_PLANES) if char.isprintable() and not char.isspace()]
    pieces = [*chars, *PAIRS]
    path.write_text("\n".join([*SPECIAL, *pieces, *(f"##{piece}" for piece in pieces)]), encoding="utf-8")
    return InGraphTokenizer(path, request.param), CarriedOffsets(path, request.param)


def assert_same_pieces(in_graph, carried, texts, batch_size=1 << 14):
    for start in range(0, len(texts), batch_size):
        batch = texts[start : start + batch_size]
        ids, starts, ends = (
            ragged.to_list() for ragged in in_graph.tokenize_with_offsets(tf.constant(batch))
        )
        assert ids == in_graph(tf.constant(batch)).to_list()
        for row, text in enumerate(batch):
            text = text if isinstance(text, str) else text.decode("utf-8", "ignore")
            assert list(zip(ids[row], starts[row], ends[row])) == carried(text), ascii(text)


def random_texts(count, seed):
    rng = random.Random(seed)
    chars = DELICATE + "".join(map(chr, rng.choices(ASSIGNED_PLANES, k=1000)))
    pools = [DELICATE, chars, "abcßss  ABC.é\u0301"]
    return ["".join(rng.choices(rng.choice(pools), k=rng.choice([1, 4, 15, 60]))) for _ in range(count)]


@pytest.mark.parametrize(
    "text, lower, cased",
    [
        ("", [], []),
        (" \0 \t", [], []),
        (" ab, c ", ["ab", ",", "c"], ["ab", ",", "c"]),
        ("xab", ["x", "ab"], ["x", "ab"]),
        # A stripped accent goes with the letter before it; what is dropped goes with none.
        ("Xe\u0301\u0316y", ["X", "e\u0301\u0316", "y"], ["X", "e\u0301", "\u0316", "y"]),
        ("e\u00ad\u0301\u00ad x", ["e\u00ad\u0301", "x"], ["e\u00ad\u0301", "x"]),
        ("\u00ada\u200db\0 .\u0301 \u0301", ["a\u200db", ".\u0301"], ["a\u200db", ".", "\u0301", "\u0301"]),
        # One character that becomes several pieces, and several that become one.
        ("각", ["각", "각"], ["각"]),
        ("İß", ["İ", "ß"], ["İ", "ß"]),
        ("Α\u0345x", ["Α\u0345", "x"], ["Α", "\u0345", "x"]),
        # Canonical order swaps them; each keeps its place.
        ("a\u302e\U0001d165", ["a", "\u302e\U0001d165"], ["a", "\u302e", "\U0001d165"]),
        ("中ab国", ["中", "ab", "国"], ["中", "ab", "国"]),
        ("\U0001d49cΣ a", ["\U0001d49c", "Σ", "a"], ["\U0001d49c", "Σ", "a"]),
        # Over 200 characters: [UNK], as a whole.
        ("é " + "x" * 201 + " é", ["é", "x" * 201, "é"], ["é", "x" * 201, "é"]),
    ],
)
def test_ranges(tokenizers, text, lower, cased):
    in_graph, carried = tokenizers
    for texts in ([text], ["\u0301", text, "Δ\u0301"], ["ab", "", text]):
        _, starts, ends = (ragged[texts.index(text)] for ragged in in_graph.tokenize_with_offsets(texts))
        ranges = zip(starts.numpy(), ends.numpy())
        assert [text[start:end] for start, end in ranges] == (lower if carried.do_lower_case else cased)


def test_every_code_point(tokenizers):
    assert_same_pieces(*tokenizers, [f"{char} a{char}b B{char}" for char in map(chr, ASSIGNED_PLANES)])


def test_random_texts(tokenizers):
    assert_same_pieces(*tokenizers, random_texts(6000, seed=3), batch_size=500)


def test_bytes_that_are_no_utf_8(tokenizers):
    rng = random.Random(1)
    valid_and_not = b"ab \xc3\xa9\xe4\xb8\xad\xf0\x9f\x98\x80\xed\xa0\xff\xfe\xc0"
    assert_same_pieces(*tokenizers, [bytes(rng.choices(valid_and_not, k=12)) for _ in range(2000)])


def test_no_texts_and_empty_ones(tokenizers):
    in_graph, _ = tokenizers
    for texts in ([], [""], ["", ""]):
        for ragged in in_graph.tokenize_with_offsets(tf.constant(texts, tf.string)):
            assert ragged.dtype == tf.int32 and ragged.to_list() == [[] for _ in texts]


def test_in_a_tf_data_pipeline_and_a_saved_model(tokenizers, tmp_path):
    in_graph, carried = tokenizers
    texts = ["A b", "Çe\u0327lik", "ΑΣ", "x" * 300, ""]
    module = tf.Module()
    module.tokenizer = in_graph
    tf.saved_model.save(module, str(tmp_path))
    loaded = tf.saved_model.load(str(tmp_path)).tokenizer
    for tokenize in (in_graph.tokenize_with_offsets, loaded.tokenize_with_offsets):
        batches = tf.data.Dataset.from_tensor_slices(texts).batch(3).map(tokenize, num_parallel_calls=2)
        rows = [row for batch in batches for row in zip(*(ragged.to_list() for ragged in batch))]
        assert [list(zip(*row)) for row in rows] == [carried(text) for text in texts]


@pytest.mark.parametrize("name, do_lower_case", [("uncased", True), ("multi_cased", False)])
def test_real_text(bert_tf_data, name, do_lower_case):
    vocab_file = bert_tf_data / "vocabs" / name / "vocab.txt"
    tokenizers = InGraphTokenizer(vocab_file, do_lower_case), CarriedOffsets(vocab_file, do_lower_case)
    lines = (bert_tf_data / "glue/MRPC/train.tsv").read_text(encoding="utf-8-sig").splitlines()[1:]
    texts = [text for line in lines for text in line.split("\t")[3:5]]
    assert_same_pieces(*tokenizers, texts + random_texts(2000, seed=4), batch_size=1024)
    # Words of ASCII letters are found by their ranges as by a search.
    _, starts, ends = (ragged.to_list() for ragged in tokenizers[0].tokenize_with_offsets(texts[:200]))
    for row, text in enumerate(texts[:200]):
        words = [match.span() for match in re.finditer(r"(?<!\w)[a-zA-Z]+(?!\w)", text)]
        assert {start for start, _ in words} <= set(starts[row]) and {end for _, end in words} <= set(
            ends[row]
        )
