"""Pretraining instances: Google's own, a plain re-statement of its rules, and their statistics."""

import pathlib
import random

import numpy as np
import pytest
import tensorflow as tf

from bert_tf.data.pretraining.corpus import Corpus
from bert_tf.data.pretraining.documents import SentenceEncoder, id_type, split_documents
from bert_tf.data.pretraining.instances import PretrainingInstances, strictly_other_document
from bert_tf.data.pretraining.options import PretrainingDataOptions
from bert_tf.data.pretraining.records import PretrainingRecords
from bert_tf.data.text_files import read_blocks
from bert_tf.tokenization.reference import FullTokenizer


def corpus_of(tokenizer, path):
    blocks = map(SentenceEncoder(tokenizer).encode, read_blocks([path]))
    return Corpus(split_documents(blocks), id_type(tokenizer.vocabulary))


def features_of(instances):
    batches = list(instances.batches())
    return {name: np.concatenate([batch[name] for batch in batches]) for name in batches[0]}


def test_googles_script_makes_the_same_instances(bert_tf_data, golden_dir):
    tokenizer = FullTokenizer(bert_tf_data / "vocabs" / "uncased" / "vocab.txt")
    corpus = corpus_of(tokenizer, str(bert_tf_data / "text" / "sample_text.txt"))
    instances = PretrainingInstances(corpus, tokenizer.vocabulary, PretrainingDataOptions(), seed=12345)
    made = features_of(instances)
    (path,) = map(str, (golden_dir.parent / "pretraining_data").iterdir())
    records = tf.data.TFRecordDataset(path).batch(1000).map(PretrainingRecords(128, 20).parse)
    (golden,) = records.as_numpy_iterator()
    assert len(golden["input_ids"]) == 118
    for name, values in golden.items():
        np.testing.assert_array_equal(made[name], values, err_msg=name)


# The rules of create_pretraining_data.py once more: slow, with tokens as strings and Python's own calls.


def plain_instances(documents, vocabulary, options, rng):
    documents = list(documents)
    rng.shuffle(documents)
    made = []
    for _ in range(options.dupe_factor):
        for number in range(len(documents)):
            made += plain_document(documents, number, vocabulary, options, rng)
    rng.shuffle(made)
    return made


def plain_document(documents, number, vocabulary, options, rng):
    room = options.max_seq_length - 3
    target = rng.randint(2, room) if rng.random() < options.short_seq_prob else room
    sentences = list(documents[number])
    while sentences:
        chunk = [sentences.pop(0)]
        while sentences and sum(map(len, chunk)) < target:
            chunk.append(sentences.pop(0))
        cut = rng.randint(1, len(chunk) - 1) if len(chunk) > 1 else 1
        a, b = sum(chunk[:cut], []), sum(chunk[cut:], [])
        is_random = len(chunk) == 1 or rng.random() < 0.5
        if is_random:
            sentences = chunk[cut:] + sentences
            b = plain_other(documents, number, target - len(a), rng)
        while len(a) + len(b) > room:
            (a if len(a) > len(b) else b).pop(0 if rng.random() < 0.5 else -1)
        tokens = ["[CLS]", *a, "[SEP]", *b, "[SEP]"]
        yield tokens, len(a) + 2, is_random, plain_masks(tokens, vocabulary, options, rng)


def plain_other(documents, number, length, rng):
    for _ in range(10):
        other = rng.randint(0, len(documents) - 1)
        if other != number:
            break
    start = rng.randint(0, len(documents[other]) - 1)
    tokens = []
    for sentence in documents[other][start:]:
        tokens = tokens + sentence
        if len(tokens) >= length:
            break
    return tokens


def plain_masks(tokens, vocabulary, options, rng):
    words = []
    for position, token in enumerate(tokens):
        if token in ("[CLS]", "[SEP]"):
            continue
        if options.do_whole_word_mask and words and token.startswith("##"):
            words[-1].append(position)
        else:
            words.append([position])
    rng.shuffle(words)
    wanted = min(options.max_predictions_per_seq, max(1, int(round(len(tokens) * options.masked_lm_prob))))
    masks = {}
    for word in words:
        if len(masks) + len(word) > wanted:
            continue
        for position in word:
            seen = "[MASK]"
            if not rng.random() < 0.8:
                is_kept = rng.random() < 0.5
                seen = tokens[position] if is_kept else vocabulary[rng.randint(0, len(vocabulary) - 1)]
            masks[position] = seen
    return masks


def padded(values, length):
    return [*values, *[0] * (length - len(values))]


def plain_features(instance, ids, options):
    tokens, a_length, is_random, masks = instance
    seen = [masks.get(position, token) for position, token in enumerate(tokens)]
    positions = sorted(masks)
    by_token, by_mask = options.max_seq_length, options.max_predictions_per_seq
    return {
        "input_ids": padded([ids[token] for token in seen], by_token),
        "input_mask": padded([1] * len(tokens), by_token),
        "segment_ids": padded([0] * a_length + [1] * (len(tokens) - a_length), by_token),
        "masked_lm_positions": padded(positions, by_mask),
        "masked_lm_ids": padded([ids[tokens[position]] for position in positions], by_mask),
        "masked_lm_weights": padded([1.0] * len(positions), by_mask),
        "next_sentence_labels": [int(is_random)],
    }


@pytest.mark.parametrize("do_whole_word_mask", [False, True])
@pytest.mark.parametrize(
    "count, most_sentences, options",
    [
        (30, 12, {"max_seq_length": 64, "max_predictions_per_seq": 9}),
        # Truncation at almost every instance, and halves that begin within a word.
        (20, 5, {"max_seq_length": 12, "max_predictions_per_seq": 4, "masked_lm_prob": 0.4}),
        (20, 40, {"short_seq_prob": 0.9, "max_predictions_per_seq": 60, "masked_lm_prob": 0.9}),
        (5, 3, {"max_seq_length": 5, "max_predictions_per_seq": 20}),
        # So few documents that ten draws may all be the same one.
        (2, 2, {"max_seq_length": 32, "max_predictions_per_seq": 5, "dupe_factor": 1500}),
    ],
)
def test_instances_are_those_of_the_plain_rules(
    toy_tokenizer, write_text, random_documents, do_whole_word_mask, count, most_sentences, options
):
    options = PretrainingDataOptions(**{"dupe_factor": 3, **options}, do_whole_word_mask=do_whole_word_mask)
    documents = random_documents(count, seed=count, most_sentences=most_sentences)
    corpus = corpus_of(toy_tokenizer, write_text(documents))
    made = features_of(PretrainingInstances(corpus, toy_tokenizer.vocabulary, options, seed=7))

    tokenized = [[toy_tokenizer.tokenize(sentence) for sentence in document] for document in documents]
    expected = plain_instances(tokenized, list(toy_tokenizer.vocab), options, random.Random(7))
    assert len(made["input_ids"]) == len(expected) > 0
    features = [plain_features(instance, toy_tokenizer.vocab, options) for instance in expected]
    for name, values in made.items():
        np.testing.assert_array_equal(values, [each[name] for each in features], err_msg=name)


def test_draws_are_googles_where_the_vocabulary_has_blank_lines_and_a_piece_twice(
    toy_vocab_file, tmp_path, write_text, random_documents
):
    options = PretrainingDataOptions(dupe_factor=3, max_seq_length=64, max_predictions_per_seq=9)
    lines = pathlib.Path(toy_vocab_file).read_text().split("\n")[:-1]
    path = tmp_path / "vocab.txt"
    path.write_text("\n".join([*lines[:5], "", *lines[5:], "a", "b", ""]) + "\n")
    googles = {line.strip(): index for index, line in enumerate(path.read_text().split("\n")[:-1])}
    assert googles[""] == len(lines) + 3 and googles["a"] == len(lines) + 1
    documents = random_documents(30, seed=30)
    tokenizer = FullTokenizer(path)
    corpus = corpus_of(tokenizer, write_text(documents))
    made = features_of(PretrainingInstances(corpus, tokenizer.vocabulary, options, seed=7))
    tokenized = [[tokenizer.tokenize(sentence) for sentence in document] for document in documents]
    expected = plain_instances(tokenized, list(googles), options, random.Random(7))
    assert any("" in masks.values() for *_, masks in expected)
    # The blank line at the end is none of the table's rows.
    ids = {**googles, "": 5}
    features = [plain_features(instance, ids, options) for instance in expected]
    for name, values in made.items():
        np.testing.assert_array_equal(values, [each[name] for each in features], err_msg=name)


@pytest.fixture(params=["google", "streaming"])
def draw(request):
    return {} if request.param == "google" else {"other_document": strictly_other_document}


def within(count, trials, probability):
    """Whether a count is within three standard errors of what its probability lets expect."""
    return abs(count - trials * probability) <= 3 * np.sqrt(trials * probability * (1 - probability))


def test_shares_are_those_of_the_paper(toy_tokenizer, write_text, draw):
    """Documents of two sentences: kept together, or the first, and later the second, beside a random one."""
    rng = random.Random(1)
    letters = "abcdefghijklmnopqrstuvwxyz"
    documents = [[" ".join(rng.choices(letters, k=20)) for _ in range(2)] for _ in range(300)]
    options = PretrainingDataOptions(max_seq_length=64, dupe_factor=40, short_seq_prob=0.0)
    corpus = corpus_of(toy_tokenizer, write_text(documents))
    made = features_of(PretrainingInstances(corpus, toy_tokenizer.vocabulary, options, seed=3, **draw))

    passes = 300 * 40
    kept = int((made["next_sentence_labels"] == 0).sum())
    assert within(kept, passes, 0.5)
    assert len(made["input_ids"]) == kept + 2 * (passes - kept)

    lengths = made["input_mask"].sum(axis=1)
    np.testing.assert_array_equal(made["masked_lm_weights"].sum(axis=1), np.round(lengths * 0.15))
    used = made["masked_lm_weights"] == 1
    masked = used.sum()
    assert masked > 100_000
    # Rounding to whole tokens is the only deviation from 15%, up to half a token an instance.
    assert abs(masked / lengths.sum() - 0.15) < 0.5 / lengths.mean()

    seen = np.take_along_axis(made["input_ids"], made["masked_lm_positions"], 1)[used]
    labels = made["masked_lm_ids"][used]
    pieces = len(toy_tokenizer.vocabulary)
    assert within((seen == toy_tokenizer.vocab["[MASK]"]).sum(), masked, 0.8 + 0.1 / pieces)
    assert within((seen == labels).sum(), masked, 0.1 + 0.1 / pieces)
    others = seen[(seen != labels) & (seen != toy_tokenizer.vocab["[MASK]"])]
    assert within(len(others), masked, 0.1 * (pieces - 2) / pieces)
    shares = np.bincount(others, minlength=pieces) / len(others)
    assert np.count_nonzero(shares) == pieces - 1 and shares.max() < 2 / pieces


def test_special_tokens_are_never_masked(toy_tokenizer, write_text, random_documents, draw):
    options = PretrainingDataOptions(max_seq_length=24, max_predictions_per_seq=24, masked_lm_prob=1.0)
    corpus = corpus_of(toy_tokenizer, write_text(random_documents(40)))
    made = features_of(PretrainingInstances(corpus, toy_tokenizer.vocabulary, options, seed=5, **draw))
    used = made["masked_lm_weights"] == 1
    special = [toy_tokenizer.vocab[token] for token in ("[CLS]", "[SEP]")]
    assert not np.isin(made["masked_lm_ids"][used], special).any()
    lengths = made["input_mask"].sum(axis=1)
    np.testing.assert_array_equal(used.sum(axis=1), lengths - 3)
    assert (made["input_ids"][:, 0] == toy_tokenizer.vocab["[CLS]"]).all()
    for end in (lengths - 1, lengths - made["segment_ids"].sum(axis=1) - 1):
        assert (made["input_ids"][np.arange(len(end)), end] == toy_tokenizer.vocab["[SEP]"]).all()


@pytest.mark.parametrize("count", [3, 26])
def test_no_random_sentence_is_from_the_same_document(toy_tokenizer, write_text, draw, count):
    """Each document has a letter of its own."""
    documents = [[letter] * 30 for letter in "abcdefghijklmnopqrstuvwxyz"[:count]]
    options = PretrainingDataOptions(max_seq_length=16, dupe_factor=2000 // count, max_predictions_per_seq=1)
    corpus = corpus_of(toy_tokenizer, write_text(documents))
    made = features_of(PretrainingInstances(corpus, toy_tokenizer.vocabulary, options, seed=9, **draw))
    ids = made["input_ids"].copy()
    np.put_along_axis(ids, made["masked_lm_positions"], made["masked_lm_ids"], axis=1)
    first = ids[:, 1]
    last = ids[np.arange(len(ids)), made["input_mask"].sum(axis=1) - 2]
    is_random = made["next_sentence_labels"][:, 0] == 1
    assert is_random.sum() > 1000
    np.testing.assert_array_equal(first != last, is_random)


def test_progress_counts_every_token_and_instance(toy_tokenizer, write_text, random_documents):
    corpus = corpus_of(toy_tokenizer, write_text(random_documents(10)))
    seen = []
    options = PretrainingDataOptions(dupe_factor=3)
    instances = PretrainingInstances(
        corpus, toy_tokenizer.vocabulary, options, 1, on_document=lambda *counts: seen.append(counts)
    )
    assert np.sum(seen, axis=0).tolist() == [3 * len(corpus.ids), len(instances)]
