"""Lines to documents of ids, as Google's script cuts them."""

import numpy as np
import pytest

from bert_tf.data.pretraining.documents import (
    CorpusCensus,
    SentenceEncoder,
    Sentences,
    id_type,
    split_documents,
)
from bert_tf.data.text_files import TextBlock
from bert_tf.errors import UserError

ODD_LINES = [
    "plain words, here.",
    "\ttabs\tand nbsp\u00a0word",
    "Ünïcôdé ÉCOLE",
    "中文 mixed字x",
    "a\x00b\ufffdc\u200bd",
]


def encoded(tokenizer, text):
    return SentenceEncoder(tokenizer).encode(TextBlock("", 1, text.encode()))


def documents_of(tokenizer, *texts):
    blocks = [encoded(tokenizer, text) for text in texts]
    return [document.lengths.tolist() for document in split_documents(blocks)]


def test_ids_are_the_reference_tokenizers(toy_tokenizer):
    sentences = encoded(toy_tokenizer, "\n".join(ODD_LINES * 2) + "\n")
    expected = [toy_tokenizer.convert_tokens_to_ids(toy_tokenizer.tokenize(line)) for line in ODD_LINES * 2]
    assert sentences.ids.tolist() == sum(expected, [])
    assert sentences.lengths.tolist() == [len(ids) for ids in expected]


@pytest.mark.parametrize(
    "text, documents",
    [
        ("a\nb b\n\nc\n", [[1, 2], [1]]),
        ("\n\n\na\n\n \t\n\u3000\n\nb", [[1], [1]]),
        # Nothing but a control character: no sentence, but no blank line either, in Google's reader.
        ("a\n\x00\nb\n", [[1, 1]]),
        ("a\n\x1c\nb\n", [[1], [1]]),
        ("", []),
        ("\n \n", []),
    ],
)
def test_blank_lines_end_documents(toy_tokenizer, text, documents):
    assert documents_of(toy_tokenizer, text) == documents


def test_documents_go_on_across_blocks_and_files(toy_tokenizer):
    assert documents_of(toy_tokenizer, "a\n", "b b\n", "\nc\n", "\n", "d\n") == [[1, 2], [1], [1]]


def test_ids_stay_with_their_document(toy_tokenizer):
    blocks = [encoded(toy_tokenizer, "a\n\nb c\nd\n"), encoded(toy_tokenizer, "e\n\nf\n")]
    ids = [toy_tokenizer.convert_ids_to_tokens(document.ids.tolist()) for document in split_documents(blocks)]
    assert ids == [["a"], ["b", "c", "d", "e"], ["f"]]


def test_ids_are_as_small_as_the_vocabulary_allows(toy_tokenizer):
    assert id_type(toy_tokenizer.vocabulary) == np.uint16


@pytest.mark.parametrize(
    "lengths, unknown, message",
    [
        ([], 0, "^x: no text"),
        ([[3, 4]], 0, "^x: one document only"),
        ([[10, 11], [12]], 0, "^x: every line has 10 tokens or more"),
        ([[3, 3], [4]], 6, r"^x: 6 of 10 tokens are \[UNK\]"),
    ],
)
def test_text_that_nothing_can_be_learned_from_is_refused(toy_tokenizer, lengths, unknown, message):
    census = CorpusCensus(toy_tokenizer.vocabulary, max_num_tokens=10)
    ids = iter([toy_tokenizer.vocab["[UNK]"]] * unknown + [7] * 100)
    documents = [
        Sentences(np.array([next(ids) for _ in range(sum(each))], np.uint16), np.array(each, np.uint32))
        for each in lengths
    ]
    assert list(census.count(documents)) == documents
    with pytest.raises(UserError, match=message):
        census.check("x")


def said_of(toy_tokenizer, *lengths):
    """What is said of documents of these numbers of tokens."""
    census = CorpusCensus(toy_tokenizer.vocabulary, max_num_tokens=10)
    documents = [Sentences(np.full(sum(each), 7, np.uint16), np.array(each, np.uint32)) for each in lengths]
    assert len(list(census.count(documents))) == len(lengths)
    return census.check("x")


def test_text_that_teaches_nothing_of_next_sentences_is_told(toy_tokenizer):
    said = said_of(toy_tokenizer, *[[5]] * 30)
    assert said.startswith("x: every document has one sentence, so the second half of every instance ")
    assert "next_sentence_labels 1" in said and said.endswith("and a blank line between documents")
    # Long lines go into no instance together, so few short ones change little.
    said = said_of(toy_tokenizer, *[[12, 11, 30]] * 30, [5, 12])
    assert "of 92 sentences only 1 fit into an instance with the one that follows them" in said
    assert said_of(toy_tokenizer, *[[5]] * 30, [5] * 30) == ""
    assert said_of(toy_tokenizer, [3, 3], [4, 4]) == ""


def test_lines_that_end_in_cr_alone_are_named(toy_tokenizer):
    with pytest.raises(UserError, match="^x:1: lines that end in CR alone: save"):
        SentenceEncoder(toy_tokenizer).encode(TextBlock("x", 1, b"a b\rc\r\rd\r"))
    assert documents_of(toy_tokenizer, "a\r\n\r\nb\r\n") == [[1], [1]]
    assert documents_of(toy_tokenizer, "a\rb") == [[2]]


def test_one_sentence_that_fits_is_enough(toy_tokenizer):
    census = CorpusCensus(toy_tokenizer.vocabulary, max_num_tokens=10)
    lengths = [[10, 9], [12]]
    documents = [Sentences(np.full(sum(each), 7, np.uint16), np.array(each, np.uint32)) for each in lengths]
    assert len(list(census.count(documents))) == 2
    census.check("x")
    assert (census.documents, census.sentences, census.tokens) == (2, 3, 31)
