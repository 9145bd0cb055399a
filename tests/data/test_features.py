"""The features of classification against Google's rule in plain Python."""

import random

import pytest
import tensorflow as tf

from bert_tf.data.features import classification_features
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
