"""The features of classification against Google's rule in plain Python."""

import random

import pytest
import tensorflow as tf

from bert_tf.data.features import classification_features, head_tail_features, window_features
from bert_tf.errors import UserError
from bert_tf.tokenization.in_graph import InGraphTokenizer
from bert_tf.tokenization.reference import FullTokenizer

PIECES = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *"abcdefgh", *(f"##{letter}" for letter in "abcd")]


@pytest.fixture(name="tokenizers", scope="module")
def fixture_tokenizers(tmp_path_factory):
    """The tokenizer under the features, and the reference."""
    path = tmp_path_factory.mktemp("vocabulary") / "vocab.txt"
    path.write_text("\n".join(PIECES) + "\n", encoding="utf-8")
    return InGraphTokenizer(path), FullTokenizer(path)


def google_features(tokenizer, text_a, text_b, max_seq_length):
    """One example, step by step: tokens, segment ids, whether any was dropped."""
    tokens_a, tokens_b = tokenizer.tokenize(text_a), tokenizer.tokenize(text_b)
    before = len(tokens_a) + len(tokens_b)
    room = max_seq_length - (3 if tokens_b else 2)
    while len(tokens_a) + len(tokens_b) > room:
        (tokens_a if len(tokens_a) > len(tokens_b) else tokens_b).pop()
    tokens = ["[CLS]", *tokens_a, "[SEP]"]
    segment_ids = [0] * len(tokens)
    if tokens_b:
        tokens += [*tokens_b, "[SEP]"]
        segment_ids += [1] * (len(tokens_b) + 1)
    return tokenizer.convert_tokens_to_ids(tokens), segment_ids, len(tokens_a) + len(tokens_b) < before


def as_lists(features):
    return list(
        zip(features.input_ids.to_list(), features.segment_ids.to_list(), features.truncated.numpy().tolist())
    )


def assert_google_features(tokenizers, pairs, max_seq_length):
    """As a `tf.data` map, the way training runs it."""
    in_graph, reference = tokenizers
    batches = (
        tf.data.Dataset.from_tensor_slices(tuple(map(list, zip(*pairs))))
        .batch(512)
        .map(lambda a, b: vars(classification_features(in_graph, a, b, max_seq_length)))
    )
    found = [
        row
        for batch in batches
        for row in zip(
            batch["input_ids"].to_list(), batch["segment_ids"].to_list(), batch["truncated"].numpy().tolist()
        )
    ]
    assert len(found) == len(pairs)
    for pair, row in zip(pairs, found):
        assert row == google_features(reference, *pair, max_seq_length), pair


@pytest.mark.parametrize(
    "text_a, text_b, max_seq_length, tokens, segment_ids, truncated",
    [
        ("a b", "c", 8, "[CLS] a b [SEP] c [SEP]", [0, 0, 0, 0, 1, 1], False),
        ("a b", "c", 6, "[CLS] a b [SEP] c [SEP]", [0, 0, 0, 0, 1, 1], False),
        ("a b", "", 8, "[CLS] a b [SEP]", [0, 0, 0, 0], False),
        ("a b", " \u200b", 8, "[CLS] a b [SEP]", [0, 0, 0, 0], False),
        ("a b c", "", 4, "[CLS] a b [SEP]", [0, 0, 0, 0], True),
        ("a b", "c d", 6, "[CLS] a b [SEP] c [SEP]", [0, 0, 0, 0, 1, 1], True),
        ("a", "c d e f", 6, "[CLS] a [SEP] c d [SEP]", [0, 0, 0, 1, 1, 1], True),
        ("a b c d", "e", 6, "[CLS] a b [SEP] e [SEP]", [0, 0, 0, 0, 1, 1], True),
        ("a", "b", 4, "[CLS] a [SEP]", [0, 0, 0], True),
        ("", "b", 8, "[CLS] [SEP] b [SEP]", [0, 0, 1, 1], False),
        ("", "", 8, "[CLS] [SEP]", [0, 0], False),
    ],
)
def test_layout(tokenizers, text_a, text_b, max_seq_length, tokens, segment_ids, truncated):
    features = classification_features(
        tokenizers[0], tf.constant([text_a]), tf.constant([text_b]), max_seq_length
    )
    ids = [PIECES.index(token) for token in tokens.split()]
    assert as_lists(features) == [(ids, segment_ids, truncated)]
    assert features.input_ids.dtype == features.segment_ids.dtype == tf.int32


@pytest.mark.parametrize("max_seq_length", [3, 4, 5, 8, 13, 40])
def test_random_pairs(tokenizers, max_seq_length):
    rng = random.Random(max_seq_length)
    pairs = [
        tuple("".join(rng.choice("abc d") for _ in range(rng.choice([0, 3, 9, 20]))) for _ in "ab")
        for _ in range(500)
    ]
    assert_google_features(tokenizers, pairs, max_seq_length)


def test_no_room_for_the_special_tokens(tokenizers):
    with pytest.raises(UserError, match="max_seq_length is 2: give at least 3"):
        classification_features(tokenizers[0], tf.constant(["a"]), tf.constant(["b"]), 2)


def test_mrpc(bert_tf_data):
    pairs = []
    for part in ("train", "dev"):
        lines = (bert_tf_data / "glue/MRPC" / f"{part}.tsv").read_text(encoding="utf-8-sig").splitlines()
        pairs += [tuple(line.split("\t")[3:5]) for line in lines[1:]]
    assert len(pairs) == 3668 + 408
    vocab_file = bert_tf_data / "vocabs/uncased/vocab.txt"
    tokenizers = InGraphTokenizer(vocab_file), FullTokenizer(vocab_file)
    for max_seq_length in (32, 128):
        assert_google_features(tokenizers, pairs, max_seq_length)


def words(tokenizers, features):
    """The rows as the letters of their pieces, special tokens as - and |."""
    marks = {"[CLS]": "-", "[SEP]": "|"}
    rows = [tokenizers[1].convert_ids_to_tokens(row) for row in features.input_ids.to_list()]
    return ["".join(marks.get(token, token) for token in row) for row in rows]


def test_head_and_tail_by_hand(tokenizers):
    """Of 8 pieces the first 2 and the last 6 (128 : 382 of 510); short texts stay whole."""
    texts = tf.constant(["a b c d e f g h a b c d", "a b c", "a b c d e f g h", ""])
    features = head_tail_features(tokenizers[0], texts, tf.constant([""] * 4), 10)
    assert words(tokenizers, features) == ["-abgh" + "abcd|", "-abc|", "-abcdefgh|", "-|"]
    assert features.truncated.numpy().tolist() == [True, False, False, False] and features.num_rows is None


def test_head_and_tail_of_the_paper(tokenizers):
    text = " ".join("abcdefgh"[number * 7 // 3 % 8] for number in range(600))
    features = head_tail_features(tokenizers[0], tf.constant([text]), tf.constant([""]), 512)
    letters = text.replace(" ", "")
    assert words(tokenizers, features) == [f"-{letters[:128]}{letters[-382:]}|"]


def test_head_and_tail_of_pairs(tokenizers):
    """Each text keeps as many pieces as when it is cut at its end: here 4 and 4, 1 from the beginning."""
    features = head_tail_features(
        tokenizers[0], tf.constant(["a b c d e f"]), tf.constant(["h g f e d c"]), 11
    )
    assert words(tokenizers, features) == ["-adef|hedc|"]
    assert features.segment_ids.to_list() == [[0] * 6 + [1] * 5]


def test_windows_by_hand(tokenizers):
    """Windows of 4 pieces, each beginning 2 after the last one, the last one ending with the text."""
    texts = tf.constant(["a b c", "a b c d e f g", "", "a b c d", "a b c d e f g h"])
    features = window_features(tokenizers[0], texts, tf.constant([""] * 5), 6)
    assert words(tokenizers, features) == [
        "-abc|",
        *("-abcd|", "-cdef|", "-defg|"),
        "-|",
        "-abcd|",
        *("-abcd|", "-cdef|", "-efgh|"),
    ]
    assert features.num_rows.numpy().tolist() == [1, 3, 1, 1, 3]
    assert not features.truncated.numpy().any()


def test_windows_of_pairs(tokenizers):
    """The second text stands in each row, cut as without windows."""
    firsts, seconds = (
        tf.constant(["a b c d e f", "a b c d e f", "a"]),
        tf.constant(["h", "h g f e d", "h g f e d c"]),
    )
    features = window_features(tokenizers[0], firsts, seconds, 8)
    assert words(tokenizers, features) == [
        *("-abcd|h|", "-cdef|h|"),
        *("-abc|hg|", "-bcd|hg|", "-cde|hg|", "-def|hg|"),
        "-a|hgfe|",
    ]
    assert features.num_rows.numpy().tolist() == [2, 4, 1]
    assert features.truncated.numpy().tolist() == [False, True, True]


class Counting:
    """Makes of a text that says a number the pieces from 0 to below it."""

    cls_id, sep_id = -1, -2

    def __call__(self, texts):
        return tf.ragged.range(tf.strings.to_number(texts, tf.int32))


def test_windows_cover_the_text_and_overlap():
    texts, nothing = tf.constant([str(number) for number in range(30)]), tf.constant(["0"] * 30)
    for length in (3, 4, 7):
        features = window_features(Counting(), texts, nothing, length)
        windows = iter(features.input_ids[:, 1:-1].to_list())
        for number, count in enumerate(features.num_rows.numpy()):
            of_text = [next(windows) for _ in range(count)]
            assert sorted({piece for window in of_text for piece in window}) == list(range(number))
            assert all(window == list(range(window[0], window[-1] + 1)) for window in of_text if window)
            if count > 1:
                assert {len(window) for window in of_text} == {length - 2}
                steps = [later[0] - window[0] for window, later in zip(of_text, of_text[1:])]
                assert set(steps[:-1]) <= {max((length - 2) // 2, 1)} and 0 < steps[-1] <= (length - 1) // 2
