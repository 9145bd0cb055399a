"""Documents as flat arrays."""

import numpy as np

from bert_tf.data.pretraining.corpus import Corpus
from bert_tf.data.pretraining.documents import Sentences


def sentences(*lengths, first=0):
    ids = np.arange(first, first + sum(lengths), dtype=np.uint16)
    return Sentences(ids, np.array(lengths, np.uint32))


def test_where_sentences_and_documents_begin():
    corpus = Corpus([sentences(2, 3), sentences(4, first=5)], np.uint16)
    assert corpus.ids.tolist() == list(range(9)) and corpus.ids.dtype == np.uint16
    assert list(corpus.sentence_starts) == [0, 2, 5, 9]
    assert list(corpus.document_starts) == [0, 2, 3]
    assert len(corpus) == 2
    assert [corpus.number_of_tokens(document) for document in range(2)] == [5, 4]
