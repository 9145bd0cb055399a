"""The tokenizers that `tokenization.py` compares: each from sentences to ids without special tokens."""

import functools
import pathlib
import time

from worker import answer

from bert_tf.tokenization.reference import FullTokenizer


def measured(kind, sentences, vocab_file, batch_size, seconds):
    """Tokenizes all sentences again and again, and compares the ids with the reference's.

    Args:
        kind: A key of `TOKENIZERS`.
        sentences: Path of a file with a sentence a line.
        vocab_file: Path of an uncased vocab.txt.
        batch_size: Sentences a call.
        seconds: How long to go on, at least.
    """
    texts = pathlib.Path(sentences).read_text(encoding="utf-8").split("\n")
    batches = [texts[start : start + batch_size] for start in range(0, len(texts), batch_size)]
    tokenize, ids_of = TOKENIZERS[kind](vocab_file)
    found = [ids for batch in batches for ids in ids_of(tokenize(batch))]
    rounds, started = 0, time.perf_counter()
    while (elapsed := time.perf_counter() - started) < seconds:
        for batch in batches:
            tokenize(batch)
        rounds += 1
    expected = _reference(vocab_file)[0](texts)
    other = sum(ids != wanted for ids, wanted in zip(found, expected, strict=True))
    return {"sentences/s": rounds * len(texts) / elapsed, "sentences with other ids": other}


def _reference(vocab_file):
    tokenizer = FullTokenizer(vocab_file)
    return lambda texts: [tokenizer.convert_tokens_to_ids(tokenizer.tokenize(t)) for t in texts], _as_is


def _in_graph(vocab_file):
    from bert_tf.tokenization.in_graph import InGraphTokenizer

    return _of_tensors(InGraphTokenizer(vocab_file)), _lists


def _tf_text(name, vocab_file):
    import tensorflow as tf
    import tensorflow_text

    if name == "BertTokenizer":
        tokenizer = tensorflow_text.BertTokenizer(vocab_file, lower_case=True, token_out_type=tf.int32)
    else:
        vocabulary = pathlib.Path(vocab_file).read_text(encoding="utf-8").splitlines()
        tokenizer = tensorflow_text.FastBertTokenizer(vocabulary, lower_case_nfd_strip_accents=True)

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string)])
    def tokenize(texts):
        ids = tokenizer.tokenize(texts)
        # BertTokenizer gives the pieces of each word apart.
        return ids.merge_dims(1, 2) if name == "BertTokenizer" else ids

    return _of_tensors(tokenize), _lists


def _hugging_face(vocab_file):
    import tokenizers

    tokenizer = tokenizers.BertWordPieceTokenizer(vocab_file, lowercase=True)
    return (
        lambda texts: tokenizer.encode_batch(texts, add_special_tokens=False),
        lambda encoded: [one.ids for one in encoded],
    )


def _of_tensors(tokenize):
    import tensorflow as tf

    return lambda texts: tokenize(tf.constant(texts))


def _lists(ragged):
    return ragged.to_list()


def _as_is(ids):
    return ids


TOKENIZERS = {
    "reference": _reference,
    "in graph": _in_graph,
    "BertTokenizer": functools.partial(_tf_text, "BertTokenizer"),
    "FastBertTokenizer": functools.partial(_tf_text, "FastBertTokenizer"),
    "Hugging Face": _hugging_face,
}


if __name__ == "__main__":
    answer(measured)
