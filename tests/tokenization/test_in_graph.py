"""The tokenizer in the graph against the reference, character by character."""

import random
import sys

import pytest
import tensorflow as tf

from bert_tf.errors import UserError
from bert_tf.tokenization.code_points import code_point_table
from bert_tf.tokenization.in_graph import InGraphTokenizer
from bert_tf.tokenization.reference import FullTokenizer

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
# Planes of nothing but unassigned and private code points are left to the released vocabularies.
ASSIGNED_PLANES = [*range(0xD800), *range(0xE000, 0x33000), *range(0xE0000, 0xE0200)]
# Where rules meet: sigmas and their neighbours, marks that move, Hangul, ideographs, odd white space.
DELICATE = (
    "Σσςä.'\u00b7ªΑ\u0345\u0301\u0316\u034f\u302e\u302f\U00016ff0\U0001d165\U0001d16d\U0001d15e"
    "\u1715\u0d4a한각\u1100\u1161\u11a8中\uf900½ﬃİıßǅK\u212b$^«¡"
    "\u00ad\u200d\0\ufffd\x0b\x1c\x85\t\n\r \u00a0\u2028\u3000"
)


@pytest.fixture(name="alphabet", scope="module")
def fixture_alphabet(tmp_path_factory):
    """A vocabulary of every character, first in a word and later: nothing is lost in [UNK]."""
    path = tmp_path_factory.mktemp("alphabet") / "vocab.txt"
    chars = [char for char in map(chr, ASSIGNED_PLANES) if char.isprintable() and not char.isspace()]
    path.write_text("\n".join([*SPECIAL, *chars, *(f"##{char}" for char in chars)]), encoding="utf-8")
    return path


@pytest.fixture(name="tokenizers", scope="module")
def fixture_tokenizers(alphabet):
    """By `do_lower_case`: the tokenizer in the graph and the reference."""
    return {
        do_lower_case: (InGraphTokenizer(alphabet, do_lower_case), FullTokenizer(alphabet, do_lower_case))
        for do_lower_case in (True, False)
    }


def assert_same_ids(in_graph, reference, texts, batch_size=1 << 16):
    for start in range(0, len(texts), batch_size):
        batch = texts[start : start + batch_size]
        for text, ids in zip(batch, in_graph(tf.constant(batch)).to_list(), strict=True):
            if ids != reference.convert_tokens_to_ids(reference.tokenize(text)):
                assert reference.convert_ids_to_tokens(ids) == reference.tokenize(text), ascii(text)


def in_context(code_points):
    """Each character alone, within a word, and at its end."""
    return [f"{char} a{char}b B{char}" for char in map(chr, code_points)]


def random_texts(count, seed):
    rng = random.Random(seed)
    chars = DELICATE + "".join(map(chr, rng.choices(ASSIGNED_PLANES, k=2000)))
    pools = [DELICATE, chars, "abc  ABC.é\u0301"]
    return ["".join(rng.choices(rng.choice(pools), k=rng.choice([1, 4, 15, 60]))) for _ in range(count)]


@pytest.mark.parametrize(
    "text, lower, cased",
    [
        ("", "", ""),
        (" \t\r\n", "", ""),
        ("Hello, World$", "hello , world $", "Hello , World $"),
        ("[UNK] [CLS]", "[ unk ] [ cls ]", "[ UNK ] [ CLS ]"),
        ("École e\u0301", "ecole e", "École e\u0301"),
        ("\u0301 a\u0301 \u0301\u0300", "a", "\u0301 a\u0301 \u0301\u0300"),
        ("½ … ´ ﬃ ß ẞ", "½ … ´ ﬃ ß ß", "½ … ´ ﬃ ß ẞ"),
        ("İstanbul I ı", "istanbul i ı", "İstanbul I ı"),
        ("\u212aelvin \u212bngström", "kelvin angstrom", "\u212aelvin \u212bngström"),
        ("a\0b a\ufffdb a\x01b a\x7fb", "ab ab ab ab", "ab ab ab ab"),
        ("a\u00adb a\u200db a\ufeffb", "ab ab ab", "ab ab ab"),
        ("a\x0bb a\x0cb a\x1cb a\x85b", "ab ab ab ab", "ab ab ab ab"),
        ("a\u00a0b\u2003c\u3000d\u2028e\u2029f", "a b c d e f", "a b c d e f"),
        ("中国abc中", "中 国 abc 中", "中 国 abc 中"),
        ("\uf900\U00020000\U0002b73f", "\u8c48 \U00020000 [UNK]", "\uf900 \U00020000 [UNK]"),
        ("カタカナ ひらがな", "カタカナ ひらかな", "カタカナ ひらがな"),
        ("한국", "\u1112\u1161\u11ab\u1100\u116e\u11a8", "한국"),
        ("«a» ¿b? c–d \u1fef", "« a » ¿ b ? c – d `", "« a » ¿ b ? c – d \u1fef"),
        ("«\u0301a", "« a", "« \u0301a"),
        # The capital sigma is final after a cased character that none follows, in the word as cleaned.
        ("Σ ΑΣ ΑΣΑ ΣΣ", "σ ας ασα σς", "Σ ΑΣ ΑΣΑ ΣΣ"),
        ("Α.Σ ΑΣ. ΑΣ'Α", "α . ς ας . ασ ' α", "Α . Σ ΑΣ . ΑΣ ' Α"),
        ("Α\u0301Σ Α\u00adΣ\0Α 1Σ 中Σ ΑΣ中", "ας ασα 1σ 中 σ ας 中", "Α\u0301Σ ΑΣΑ 1Σ 中 Σ ΑΣ 中"),
        ("ΑΣ\u2028Α ΑΣ\u00a0Α ΑΣ\x0bΑ", "ας α ας α ασα", "ΑΣ Α ΑΣ Α ΑΣΑ"),
        # Marks that are no accents are put in canonical order, within what one starter begins.
        ("a\u302e\U0001d165", "a\U0001d165\u302e", "a\u302e\U0001d165"),
        ("a\u302e\u0301\u200d\U0001d165", "a\U0001d165\u302e", "a\u302e\u0301\U0001d165"),
        ("a\u302e\u034f\U0001d165", "a\u302e\U0001d165", "a\u302e\u034f\U0001d165"),
        ("a\u302eb\U0001d165", "a\u302eb\U0001d165", "a\u302eb\U0001d165"),
        ("\u302e \U0001d165", "\u302e \U0001d165", "\u302e \U0001d165"),
        (
            "\U0001d160\u302e\U0001d166",
            "\U0001d158\U0001d165\U0001d16e\U0001d166\u302e",
            "\U0001d160\u302e\U0001d166",
        ),
        # 200 characters, however many bytes, after accents are gone and before the word is cut.
        ("a" * 200, "a" * 200, "a" * 200),
        ("a" * 201, "[UNK]", "[UNK]"),
        ("é" * 200 + " b", "e" * 200 + " b", "é" * 200 + " b"),
        ("é" * 201 + " b", "[UNK] b", "[UNK] b"),
        ("e\u0301" * 101, "e" * 101, "[UNK]"),
        ("한" * 67, "[UNK]", "한" * 67),
        ("\U0001d49c" * 200, "\U0001d49c" * 200, "\U0001d49c" * 200),
        ("\U0001d49c" * 201, "[UNK]", "[UNK]"),
        ("a" * 150 + "." + "a" * 150, "a" * 150 + " . " + "a" * 150, "a" * 150 + " . " + "a" * 150),
        ("a\0" * 200, "a" * 200, "a" * 200),
    ],
)
def test_words(tokenizers, text, lower, cased):
    for do_lower_case, words in ((True, lower), (False, cased)):
        in_graph, reference = tokenizers[do_lower_case]
        # Beside other texts, so that each way through the graph meets the other.
        for texts in ([text], [text, "plain", ""], ["Σ é", text]):
            ids = in_graph(tf.constant(texts))[texts.index(text)].numpy().tolist()
            assert " ".join(reference.convert_ids_to_tokens(ids)).replace(" ##", "") == words
        assert " ".join(reference.tokenize(text)).replace(" ##", "") == words


def test_ids_are_ragged_int32_and_rows_keep_their_order(tokenizers):
    in_graph, reference = tokenizers[True]
    ids = in_graph(tf.constant(["ab", "é", "", "한", "c d", "\u0301"]))
    assert ids.dtype == tf.int32 and ids.shape.as_list() == [6, None]
    assert [reference.convert_ids_to_tokens(row) for row in ids.to_list()] == [
        ["a", "##b"],
        ["e"],
        [],
        ["\u1112", "##\u1161", "##\u11ab"],
        ["c", "d"],
        [],
    ]
    assert in_graph(tf.constant([], tf.string)).to_list() == []


def test_special_ids(tokenizers):
    in_graph = tokenizers[True][0]
    ids = (in_graph.pad_id, in_graph.unk_id, in_graph.cls_id, in_graph.sep_id, in_graph.mask_id)
    assert ids == (0, 1, 2, 3, 4)
    assert in_graph.vocab_size == len(tokenizers[True][1].vocab)


@pytest.mark.parametrize("do_lower_case", [True, False])
def test_every_code_point(tokenizers, do_lower_case):
    assert_same_ids(*tokenizers[do_lower_case], in_context(ASSIGNED_PLANES))


@pytest.mark.parametrize("do_lower_case", [True, False])
def test_random_texts(tokenizers, do_lower_case):
    assert_same_ids(*tokenizers[do_lower_case], random_texts(10_000, seed=1), batch_size=1000)


def test_bytes_that_are_no_utf_8(tokenizers):
    rng = random.Random(1)
    valid_and_not = b"ab \xc3\xa9\xe4\xb8\xad\xf0\x9f\x98\x80\xed\xa0\xff\xfe\xc0"
    assert_same_ids(*tokenizers[True], [bytes(rng.choices(valid_and_not, k=12)) for _ in range(5000)])


@pytest.mark.parametrize("do_lower_case", [True, False])
def test_blank_lines_repeated_pieces_and_a_byte_order_mark(tmp_path, do_lower_case):
    lines = [*SPECIAL, "a", "", "##b", "a", "", "[UNK]", "##b", "é", "\r", "##c", "é", "", ""]
    (tmp_path / "vocab.txt").write_text("\ufeff" + "\n".join(lines) + "\n", encoding="utf-8")
    in_graph, reference = (
        kind(tmp_path / "vocab.txt", do_lower_case) for kind in (InGraphTokenizer, FullTokenizer)
    )
    texts = ["a", "abb", "abc é", "xyz", "", "éb aé", "a \ufeffb"]
    assert_same_ids(in_graph, reference, texts)
    assert in_graph(tf.constant(["abbc x"])).to_list() == [[8, 11, 11, 14, 10]]
    assert in_graph.unk_id == 10 and in_graph.vocab_size == 16


@pytest.mark.parametrize("do_lower_case", [True, False])
def test_pieces_that_no_word_can_match(tmp_path, do_lower_case):
    """White space and punctuation inside pieces, and lines that Google's loader strips to nothing."""
    path = tmp_path / "vocab.txt"
    path.write_text(
        "\n".join(
            [
                *SPECIAL,
                *"ab.!#",
                "##a",
                "ab",
                "##ab",
                "A",
                "##B",
                "é",
                "##\u0301",
                "a.b",
                "##.",
                "##.b",
                "...",
                "##!",
                "###",
                "a b",
                "b a ab",
                "##b a",
                "a\u3000a",
                "\u2028",
                "\u2029",
                "##",
                "##\u2028",
            ]
        ),
        encoding="utf-8",
    )
    rng = random.Random(1)
    texts = ["".join(rng.choices("aaabbbAB .!#\n[é\u0301中", k=rng.randrange(14))) for _ in range(4000)]
    plain = [text for text in texts if text.isascii()]
    tokenizers = InGraphTokenizer(path, do_lower_case), FullTokenizer(path, do_lower_case)
    assert_same_ids(*tokenizers, texts)
    assert_same_ids(*tokenizers, plain)


def test_in_a_tf_data_pipeline(tokenizers):
    in_graph, reference = tokenizers[True]
    texts = ["A b", "Çelik", "ΑΣ", "x" * 300]
    batches = tf.data.Dataset.from_tensor_slices(texts).batch(3).map(in_graph, num_parallel_calls=2)
    ids = [row for batch in batches for row in batch.to_list()]
    assert ids == [reference.convert_tokens_to_ids(reference.tokenize(text)) for text in texts]


class Service(tf.Module):
    """What an export does: a tokenizer inside a module with a signature."""

    def __init__(self, tokenizer):
        super().__init__()
        self.tokenizer = tokenizer

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string)])
    def serve(self, texts):
        return {"ids": self.tokenizer(texts).to_tensor(), "again": self.tokenizer(texts + " b").to_tensor()}


@pytest.mark.parametrize("do_lower_case", [True, False])
def test_saved_model(tmp_path, do_lower_case):
    vocab_file = tmp_path / "vocab.txt"
    vocab_file.write_text("\n".join([*SPECIAL, *"abceÉας", "##c", "##σ", "##ς", "##Σ"]), encoding="utf-8")
    tf.saved_model.save(Service(InGraphTokenizer(vocab_file, do_lower_case)), str(tmp_path / "model"))
    reference = FullTokenizer(vocab_file, do_lower_case)
    vocab_file.unlink()
    texts = tf.constant(["ac", "É", "ΑΣ", "b a"])
    loaded = tf.saved_model.load(str(tmp_path / "model"))
    padded = loaded.signatures["serving_default"](texts)["ids"].numpy().tolist()
    for ids in (padded, loaded.tokenizer(texts).to_tensor().numpy().tolist()):
        assert [[index for index in row if index] for row in ids] == [
            reference.convert_tokens_to_ids(reference.tokenize(text.decode())) for text in texts.numpy()
        ]
    # The tables are in it once, though two calls in two functions use them.
    pages = code_point_table(do_lower_case).page_of.tobytes()
    assert (tmp_path / "model" / "saved_model.pb").read_bytes().count(pages) == 1


def test_a_wrong_vocabulary(tmp_path):
    path = tmp_path / "vocab.txt"
    path.write_text("[PAD]\na\n", encoding="utf-8")
    with pytest.raises(UserError, match=r"\[UNK\] \[CLS\] \[SEP\] missing"):
        InGraphTokenizer(path)


@pytest.mark.parametrize(
    "name, do_lower_case",
    [("uncased", True), ("chinese", True), ("cased", False), ("multi_cased", False), ("multi_cased", True)],
)
def test_released_vocabularies(bert_tf_data, name, do_lower_case):
    vocab_file = bert_tf_data / "vocabs" / name / "vocab.txt"
    tokenizers = InGraphTokenizer(vocab_file, do_lower_case), FullTokenizer(vocab_file, do_lower_case)
    lines = (bert_tf_data / "glue/MRPC/train.tsv").read_text(encoding="utf-8-sig").splitlines()[1:]
    assert_same_ids(*tokenizers, [text for line in lines for text in line.split("\t")[3:5]], batch_size=1024)
    assert_same_ids(*tokenizers, random_texts(10_000, seed=2), batch_size=1024)
    every = [*range(0xD800), *range(0xE000, sys.maxunicode + 1)]
    assert_same_ids(*tokenizers, [f"{char} a{char}b" for char in map(chr, every)])
